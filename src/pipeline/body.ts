/** Bodies between the stages: in memory, or in a partial file that who is done with it removes. */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { free } from '../concurrency/mod.ts';
import { removeIfThere } from '../fetch/mod.ts';
import type { Fetched } from '../model.ts';

/** The bytes; the body stays where it is. */
export async function peekBody({ body }: Fetched): Promise<Uint8Array<ArrayBuffer>> {
  return body.in === 'memory' ? body.bytes : (body.copy?.bytes ?? (await readFile(body.path)));
}

/** The bytes, and nothing of the body remains. */
export async function bodyOf(fetched: Fetched): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = fetched;
  // Not those of its copy, which go with it.
  const bytes = body.in === 'memory' ? body.bytes : await readFile(body.path);
  await discardBody(fetched);
  return bytes;
}

/** Who holds its bytes may still read them. */
export async function discardBody({ body }: Fetched): Promise<void> {
  if (body.in !== 'file') return;
  body.copy?.[Symbol.dispose]();
  await removeIfThere(body.path);
}

/** Nothing remains, and nobody may look at its bytes again. */
export async function freeBody(fetched: Fetched): Promise<void> {
  if (fetched.body.in === 'memory') free(fetched.body.bytes);
  else await discardBody(fetched);
}

/** Bytes that are at hand, as if they had been fetched. */
export function asFetched(
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  about: Pick<Fetched, 'space' | 'attempts' | 'contentType'>,
): Fetched {
  return {
    url,
    finalUrl: url,
    status: 200,
    body: { in: 'memory', bytes },
    bytes: bytes.length,
    sha256: hash('sha256', bytes, 'hex'),
    ...about,
    ms: 0,
  };
}
