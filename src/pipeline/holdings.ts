/** What the folder holds of the addresses that earlier runs came by. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { ImageRecord } from '../model.ts';
import { type Catalog, type Folder, hashFile, type ImageRow } from '../store/mod.ts';
import { pick } from './stage-options.ts';

/** What the folder holds of an address, whole and as the catalog says. */
export interface Held {
  /** As of the run that fetched it. */
  readonly record: Omit<ImageRecord, 'status' | 'attempts' | 'ms'> &
    Pick<ImageRow, 'sha256' | 'width' | 'height'>;
  /** It was too small then, so there is no file. */
  readonly isFiltered: boolean;
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** When the server was last asked, in ms since 1970. */
  readonly fetchedAt: number;
}

/** A file may be this much younger than its record: the record is written after it. */
const TOUCHED_MS = 2000;

export class Holdings {
  readonly #catalog: Catalog;
  readonly #folder: Folder;
  readonly #arrival: (sha256: string) => Promise<void>;
  /** Some address failed in a run before this one. */
  #anyFailed: boolean | undefined;

  /** @param arrival waits while an image with these bytes is on its way to its name */
  constructor(catalog: Catalog, folder: Folder, arrival: (sha256: string) => Promise<void>) {
    this.#catalog = catalog;
    this.#folder = folder;
    this.#arrival = arrival;
  }

  /** What is here of an address: held whole, or lost though the catalog knows it, or neither. */
  async of(url: string): Promise<{ readonly held?: Held; readonly lost?: string }> {
    const row = this.#catalog.address(url);
    const image = row?.sha256 === undefined ? undefined : await this.#image(row.sha256);
    if (row === undefined || image === undefined) return {};
    const kept = image.kept === undefined ? image : await this.#image(image.kept);
    const { sha256, format, width, height, bytes, pdq, quality } = image;
    const facts = {
      url,
      ...(row.page !== undefined && { page: row.page }),
      ...{ sha256, format, width, height, bytes },
      ...(pdq !== undefined && { pdq }),
      ...(quality !== undefined && { quality }),
    };
    const validators = pick(row, ['etag', 'lastModified']);
    if (row.status === 'filtered') {
      return { held: { record: facts, validators, fetchedAt: row.fetched, isFiltered: true } };
    }
    if (kept?.file === undefined) return {};
    const file = row.file ?? kept.file;
    if (!(await this.#isWhole(file, kept, row.fetched))) {
      if (row.file !== undefined) return {};
      this.#catalog.forgetFile(kept.sha256);
      return { lost: kept.sha256 };
    }
    const own = row.file ?? image.file;
    const held: Held = {
      record: {
        ...facts,
        ...(own !== undefined && { file: own }),
        ...(own === undefined && { duplicateOf: kept.file, distance: image.distance ?? 0 }),
      },
      validators,
      fetchedAt: row.fetched,
      isFiltered: false,
    };
    return { held };
  }

  async #image(sha256: string): Promise<ImageRow | undefined> {
    // A row may tell of its file before that has its name.
    await this.#arrival(sha256);
    return this.#catalog.imageBySha(sha256);
  }

  /** A file of the right size that was touched since it was recorded is read and hashed. */
  async #isWhole(name: string, image: ImageRow, recorded: number): Promise<boolean> {
    const path = join(this.#folder.root, name);
    // Of all that a re-run does with an image this was the dearest by far through the thread pool.
    const info = statOf(path);
    if (!info?.isFile() || info.size !== image.bytes) return false;
    return info.mtimeMs <= recorded + TOUCHED_MS || (await hashFile(path)) === image.sha256;
  }

  /** An earlier run got an image from the address. */
  imageBefore(url: string): boolean {
    return this.#catalog.address(url)?.sha256 !== undefined;
  }

  /** The address failed when it was last asked for. */
  failedBefore(url: string): boolean {
    // After most nights nothing has.
    this.#anyFailed ??= this.#catalog.hasFailures();
    return this.#anyFailed && this.#catalog.address(url)?.status === 'failed';
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
