import { TrawlError } from '../errors.ts';

/** Turns what the file system threw into what the user can act on. */
export function fileError(error: unknown, path: string): TrawlError {
  if (error instanceof TrawlError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const cause = { cause: error };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TrawlError('disk-full', `No space is left for ${path}`, cause);
    case 'ENOTDIR':
    case 'EEXIST':
      return new TrawlError(
        'output-not-a-folder',
        `${path} is, or lies below, something that is no folder`,
        cause,
      );
    case 'EMFILE':
    case 'ENFILE':
      return new TrawlError('too-many-files', `Too many files are open to write ${path}`, cause);
    case 'EROFS':
      return new TrawlError('output-not-writable', `${path} is on a read-only file system`, cause);
    case 'EACCES':
    case 'EPERM':
      return new TrawlError('output-not-writable', `No permission to write ${path}`, cause);
    default:
      return new TrawlError('output-not-writable', `${path} cannot be written: ${message}`, cause);
  }
}
