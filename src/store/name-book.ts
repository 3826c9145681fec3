/** Which name belongs to which address. */
import { hash } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import { TrawlError } from '../errors.ts';
import type { ImageFormat } from '../model.ts';
import { Recent } from '../recent.ts';
import { foldName } from './clean-name.ts';
import type { Database } from './database.ts';
import { fileName, nameParts, withSuffix } from './names.ts';

/**
 * Names are reserved in the order in which the sources name the images, before any download, and are
 * kept for later runs: so they depend neither on which download ends first nor on the night.
 */
export class NameBook {
  readonly #db: Database;
  readonly #find: () => StatementSync;
  readonly #insert: () => StatementSync;
  /** Stems by address: each is asked for several times while its image is under way. */
  readonly #stems = new Recent((url) => this.#reserve(url));

  constructor(db: Database) {
    this.#db = db;
    this.#find = once(() => db.prepare('SELECT stem, url FROM name WHERE folded = ?'));
    this.#insert = once(() => db.prepare('INSERT INTO name (folded, stem, url) VALUES (?, ?, ?)'));
  }

  /**
   * The stem (name without extension) of that address, reserved for ever. The first address to ask for
   * a stem has it plain, others get `-` and digits of their own hash added.
   */
  reserve(url: string): string {
    return this.#stems.get(url);
  }

  #reserve(url: string): string {
    for (const stem of stemsOf(url)) {
      const folded = foldName(stem);
      const owner = this.#db.read(() => this.#find().get(folded));
      if (owner?.['url'] === url) return owner['stem'] as string;
      if (owner !== undefined) continue;
      this.#db.write(() => this.#insert().run(folded, stem, url));
      return stem;
    }
    // Only one who finds another address with the same SHA-256 comes here.
    throw new TrawlError('internal', `no name is free for ${url}`);
  }

  /** Takes over a reservation from another catalog, unless the stem is taken. */
  restore(stem: string, url: string): void {
    const folded = foldName(stem);
    if (this.#db.read(() => this.#find().get(folded)) !== undefined) return;
    this.#db.write(() => this.#insert().run(folded, stem, url));
  }
}

/** The plain stem, then with 8, 16 and 64 hex digits of the address's SHA-256. */
export function* stemsOf(url: string, stem = nameParts(url).stem): Generator<string> {
  yield stem;
  const digest = hash('sha256', url, 'hex');
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
