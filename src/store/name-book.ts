/** Which name belongs to which address. */
import { createHash } from 'node:crypto';
import type { ImageFormat } from '../model.ts';
import { foldName } from './clean-name.ts';
import type { Database } from './database.ts';
import { fileName, nameParts, withSuffix } from './names.ts';

/**
 * Names are reserved in the order in which the sources name the images, before any download, and are
 * kept for later runs: so they depend neither on which download ends first nor on the night.
 */
export class NameBook {
  readonly #db: Database;
  readonly #find: () => { get(url: string): { stem?: unknown } | undefined };
  readonly #insert: () => { run(folded: string, stem: string, url: string): { changes: unknown } };

  constructor(db: Database) {
    this.#db = db;
    const find = once(() => db.prepare('SELECT stem FROM name WHERE url = ?'));
    const insert = once(() => db.prepare('INSERT OR IGNORE INTO name VALUES (?, ?, ?)'));
    this.#find = find;
    this.#insert = insert;
  }

  /**
   * The stem (name without extension) of that address, reserved for ever. The first address to ask for
   * a stem has it plain, others get `-` and digits of their own hash added.
   */
  reserve(url: string): string {
    const known = this.reserved(url);
    if (known !== undefined) return known;
    for (const stem of stemsOf(url)) {
      const taken = this.#db.write(() => this.#insert().run(foldName(stem), stem, url).changes);
      if (Number(taken) === 1) return stem;
    }
    // Only one who finds another address with the same SHA-256 comes here.
    throw new Error(`no name is free for ${url}`);
  }

  reserved(url: string): string | undefined {
    return this.#db.read(() => this.#find().get(url)?.stem as string | undefined);
  }
}

/** The plain stem, then with 8, 16 and 64 hex digits of the address's SHA-256. */
export function* stemsOf(url: string, stem = nameParts(url).stem): Generator<string> {
  yield stem;
  const digest = createHash('sha256').update(url).digest('hex');
  for (const digits of [8, 16, 64]) yield withSuffix(stem, digest.slice(0, digits));
}

/**
 * Names for an image, best first: those of the address, then, where all of them are taken by files that
 * nobody may write over, one that only the same bytes can have.
 */
export function* fileNames(
  url: string,
  stem: string,
  format: ImageFormat,
  sha256: string,
): Generator<string> {
  const { extension } = nameParts(url);
  for (const one of stemsOf(url, stem)) yield fileName(one, extension, format);
  yield fileName(withSuffix(stem, sha256), extension, format);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
