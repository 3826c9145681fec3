/** Numbers of a directory's fields, none of which is guessed at. */
import { type Dialect, type Directory, numberOf } from '../structure/tiff-directory.ts';

const SHORT = 3;
const LONG = 4;
const LONG8 = 16;

export class Fields {
  readonly #bytes: Uint8Array;
  readonly #dialect: Dialect;
  readonly #directory: Directory;

  constructor(bytes: Uint8Array, dialect: Dialect, directory: Directory) {
    this.#bytes = bytes;
    this.#dialect = dialect;
    this.#directory = directory;
  }

  has(tag: number): boolean {
    return this.#directory.has(tag);
  }

  /** How many values; 0 when they are not of a type that numbers of this kind have. */
  count(tag: number): number {
    const { type, count } = this.#directory.get(tag) ?? { type: 0, count: 0 };
    return type === SHORT || type === LONG || (type === LONG8 && this.#dialect.big) ? count : 0;
  }

  /** Value `index`; NaN, which equals nothing, when it is not there. */
  at(tag: number, index: number): number {
    if (index >= this.count(tag)) return Number.NaN;
    const field = this.#directory.get(tag);
    return numberOf(this.#dialect, field, index, this.#bytes.length) ?? Number.NaN;
  }

  /** The only value; NaN when there are more. */
  one(tag: number, otherwise = Number.NaN): number {
    if (!this.has(tag)) return otherwise;
    return this.count(tag) === 1 ? this.at(tag, 0) : Number.NaN;
  }

  /** Whether there are so many values, all of them this one. */
  all(tag: number, count: number, value: number): boolean {
    if (this.count(tag) !== count) return false;
    for (let i = 0; i < count; i++) if (this.at(tag, i) !== value) return false;
    return true;
  }

  /** The bytes of a field of bytes, whatever they are called. */
  bytes(tag: number): Uint8Array {
    const { count, at } = this.#directory.get(tag) ?? { count: 0, at: 0 };
    return this.#bytes.subarray(at, at + count);
  }
}
