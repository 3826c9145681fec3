/** The start of a worker on a folder whose last one was killed. */
import type { Claims } from '../pipeline/claims.ts';
import type { Shelf } from '../pipeline/shelf.ts';

/** Images that were on the disk, but had no name yet, get it or go. Throws TrawlError. */
export async function recover(
  shelf: Pick<Shelf, 'staging' | 'fileOf'>,
  claims: Pick<Claims, 'claim'>,
): Promise<void> {
  const { staging } = shelf;
  for (const name of await staging.names()) {
    const sha256 = name.slice(0, name.indexOf('.'));
    // Rows come before claims: without a row nothing was claimed.
    const recorded = (await shelf.fileOf(sha256)) === name;
    const held = recorded ? await claims.claim(sha256, name, staging.pathOf(name)) : undefined;
    if (held?.mine) await staging.unveil(name);
    else await staging.remove(name, sha256);
  }
}
