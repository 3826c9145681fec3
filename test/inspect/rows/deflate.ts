/** Writes Deflate (RFC 1951) as no compressor does: any codes, strings of any length and distance. */
import { inflateRawSync } from 'node:zlib';
import { bytes } from '../../../fixtures/assemble.ts';

/** A literal, or a string that was there before. */
export type Token = number | readonly [length: number, distance: number];

/** Literals and lengths, and distances. */
export const LITERALS = 286;
export const DISTANCES = 30;
const END = 256;

export class Deflate {
  readonly #bytes: number[] = [];
  #bits = 0;
  #count = 0;

  /** @param lengths of the codes of all literals and lengths, and of distances; without, the fixed ones */
  codes(tokens: readonly Token[], last: boolean, lengths?: readonly [number[], number[]]): this {
    this.#put(Number(last), 1);
    this.#put(lengths ? 2 : 1, 2);
    if (lengths) this.#putLengths(...lengths);
    const [literals, distances] = (lengths ?? FIXED).map(codesOf) as [Code[], Code[]];
    for (const token of tokens) {
      if (typeof token === 'number') this.#putCode(literals[token]!);
      else {
        this.#putSymbol(literals, END + 1, LENGTHS, token[0]);
        this.#putSymbol(distances, 0, FAR, token[1]);
      }
    }
    this.#putCode(literals[END]!);
    return this;
  }

  stored(data: Uint8Array, last: boolean): this {
    this.#put(Number(last), 3);
    if (this.#count > 0) this.#put(0, 8 - this.#count);
    for (const value of [data.length, data.length ^ 0xffff]) this.#put(value, 16);
    for (const value of data) this.#bytes.push(value);
    return this;
  }

  raw(): Uint8Array {
    return Uint8Array.from(this.#count > 0 ? [...this.#bytes, this.#bits] : this.#bytes);
  }

  #put(value: number, count: number): void {
    for (let i = 0; i < count; i++) {
      this.#bits |= ((value >> i) & 1) << this.#count;
      if (++this.#count < 8) continue;
      this.#bytes.push(this.#bits);
      this.#bits = 0;
      this.#count = 0;
    }
  }

  #putCode({ code, length }: Code): void {
    for (let i = length - 1; i >= 0; i--) this.#put(code >> i, 1);
  }

  /** The last of the symbols from `first` on that does not say too much, and the rest as extra bits. */
  #putSymbol(codes: readonly Code[], first: number, kinds: readonly Kind[], value: number): void {
    const i = kinds.findLastIndex(({ base }) => base <= value);
    this.#putCode(codes[first + i]!);
    this.#put(value - kinds[i]!.base, kinds[i]!.extra);
  }

  /** Each in four bits: of the symbols that tell lengths, the first 16 have such a code. */
  #putLengths(literals: number[], distances: number[]): void {
    this.#put(LITERALS - 257, 5);
    this.#put(DISTANCES - 1, 5);
    this.#put(19 - 4, 4);
    for (let i = 0; i < 19; i++) this.#put(i < 3 ? 0 : 4, 3);
    for (const length of [...literals, ...distances]) this.#putCode({ code: length, length: 4 });
  }
}

interface Code {
  readonly code: number;
  readonly length: number;
}

function codesOf(lengths: readonly number[]): Code[] {
  const codes = lengths.map((length) => ({ code: 0, length }));
  for (let length = 1, code = 0; length <= 15; length++, code <<= 1) {
    for (const one of codes) if (one.length === length) one.code = code++;
  }
  return codes;
}

const FIXED = [
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  Array.from({ length: 32 }, () => 5),
] as const;

interface Kind {
  readonly base: number;
  readonly extra: number;
}

/** Symbols whose extra bits grow by one with every `each`-th. */
function kinds(first: number, count: number, each: number): Kind[] {
  const all: Kind[] = [];
  for (let i = 0, base = first; i < count; i++) {
    const extra = Math.max(0, Math.floor(i / each) - 1);
    all.push({ base, extra });
    base += 1 << extra;
  }
  return all;
}

const LENGTHS = [...kinds(3, 28, 4), { base: 258, extra: 0 }];
const FAR = kinds(1, DISTANCES, 2);

/** With a zlib header, and the checksum of what zlib finds in it. */
export function asStream(raw: Uint8Array): Uint8Array {
  let [a, b] = [1, 0];
  for (const value of inflateRawSync(raw)) {
    a = (a + value) % 65521;
    b = (b + a) % 65521;
  }
  return bytes([0x78, 0x9c], raw, [b >> 8, b & 255, a >> 8, a & 255]);
}
