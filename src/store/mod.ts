/**
 * What stays: images under good names, written whole, and the catalog that knows of every run, page,
 * address and image. `lockFolder` keeps a folder to one run, `verifyFolder` tells what differs from the
 * catalog, `rebuildCatalog` makes a new one from the files, `exports/` gives it to other programs.
 */
export { Catalog, type Counts, type Dropped } from './catalog.ts';
export { cleanName, foldName, MAX_NAME_BYTES } from './clean-name.ts';
export type { DatabaseOptions } from './database.ts';
export * from './exports/mod.ts';
export {
  hashFile,
  linkFile,
  removeFile,
  type SavedFile,
  type SaveOptions,
  saveBody,
  sizeOf,
} from './files.ts';
export { type Folder, folderAt, makeFolder, pathIn, sweep } from './folder.ts';
export { type FolderLock, type LockOptions, lockFolder } from './lock.ts';
export { fileNames, NameBook, stemsOf } from './name-book.ts';
export { EXTENSIONS, fileName, nameParts } from './names.ts';
export { type Looked, type RebuildOptions, type Rebuilt, rebuildCatalog } from './rebuild.ts';
export { recordOf, recordsOf } from './records.ts';
export type { AddressRow, ImageRow, PageRow, RunRow } from './rows.ts';
export { type Finding, type VerifyOptions, verifyFolder } from './verify.ts';
