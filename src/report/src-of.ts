/** Where a file of the folder is, seen from the report. `base` is the folder's address, with a slash at its end. */
export function srcOf(base: string, file: string): string {
  return base + file.toWellFormed().split('/').map(encodeURIComponent).join('/');
}
