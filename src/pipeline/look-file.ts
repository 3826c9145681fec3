/** Looks at an image file of the folder with the inspect stage. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Inspector } from '../inspect/mod.ts';
import type { Looked } from '../store/mod.ts';

export const lookWith =
  (inspector: Inspector) =>
  async (path: string): Promise<Looked> => {
    const bytes = new Uint8Array(await readFile(path));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { sha256, bytes: bytes.length, inspection: await inspector.inspect(bytes) };
  };
