/** Looks at an image file with the inspect stage. */
import { hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ByteBudget, free } from '../concurrency/mod.ts';
import { TrawlError } from '../errors.ts';
import type { Inspector, InspectRequest } from '../inspect/mod.ts';
import type { Looked } from '../store/mod.ts';

/** Bytes of files that are read, hashed and looked at; one alone may be larger. */
const FILE_BYTES = 32e6;

/** Rejects with `source-unreadable`, or as {@link Inspector.inspect} does. */
export function lookWith(
  inspector: Inspector,
  request?: InspectRequest,
): (path: string) => Promise<Looked> {
  const budget = new ByteBudget(FILE_BYTES);
  return async (path) => {
    await using file = await open(path).catch(unreadable);
    using _lease = await budget.reserve(await sizeOf(file));
    const bytes = await file.readFile().catch(unreadable);
    try {
      const sha256 = hash('sha256', bytes, 'hex');
      const { length } = bytes;
      return { sha256, bytes: length, inspection: await inspector.inspect(bytes, request) };
    } finally {
      free(bytes);
    }
  };
}

async function sizeOf(file: FileHandle): Promise<number> {
  return (await file.stat()).size;
}

function unreadable(cause: NodeJS.ErrnoException): never {
  const { code } = cause;
  const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
  throw new TrawlError('source-unreadable', why, { cause });
}
