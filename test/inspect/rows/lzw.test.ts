/** The core's LZW beside one that is written by the specifications alone, on data whole and broken. */
import { expect, test } from 'vitest';
import { random } from '../../../fixtures/photo.ts';
import { randomGif } from '../../../fixtures/random-gif.ts';
import { tiffLzw } from '../../../fixtures/tiff-codecs.ts';
import { core, takeRooms } from '../../../src/inspect/rows/memory.ts';

const CODES = 4096;

/** Up to `wanted` pixels: as many as there are before the data end, or a code makes no sense. */
function slowly(data: Uint8Array, pixelBits: number, wanted: number) {
  const tiff = pixelBits === 0;
  const clear = tiff ? 256 : 1 << pixelBits;
  let strings: number[][] = [];
  let last: number[] | undefined;
  const pixels: number[] = [];
  for (let bit = 0; pixels.length < wanted; ) {
    const given = clear + 2 + strings.length;
    // Of TIFF, one code earlier.
    const size = Math.min(12, 32 - Math.clz32(given + (tiff ? 1 : 0)));
    if (bit + size > 8 * data.length) break;
    let code = 0;
    for (let i = 0; i < size; i++, bit++) {
      const place = tiff ? 7 - (bit & 7) : bit & 7;
      code |= ((data[bit >> 3]! >> place) & 1) << (tiff ? size - 1 - i : i);
    }
    if (code === clear) {
      strings = [];
      last = undefined;
      continue;
    }
    const full = given === CODES;
    const most = last && !full ? given : given - 1;
    if (code > most || code === clear + 1 || (tiff && full && last))
      return { pixels, broken: true };
    if (!last && code > clear) return { pixels, broken: true };
    let string = code < clear ? [code] : strings[code - clear - 2];
    if (last && !full) strings.push([...last, (string ?? last)[0]!]);
    string ??= strings.at(-1)!;
    last = string;
    for (const value of string) pixels.push(value);
  }
  return { pixels, broken: false };
}

/** In rows of `width`, fed so many bytes at once; whole rows only. */
function byCore(data: Uint8Array, pixelBits: number, width: number, rows: number, piece: number) {
  const [room, row] = takeRooms([piece + 4, width + 4104]) as [Uint8Array, Uint8Array];
  const { lzwBegin, lzwFeed, lzwRow, lzwUsed } = core();
  lzwBegin(room.byteOffset, row.byteOffset, pixelBits);
  const pixels: number[] = [];
  for (let at = 0, has = 0; pixels.length < width * rows; ) {
    const state = lzwRow(width);
    if (state < 0) return { pixels, broken: true };
    if (state > 0) {
      pixels.push(...row.subarray(0, width));
      continue;
    }
    const left = has - lzwUsed();
    room.copyWithin(0, has - left, has);
    const more = data.subarray(at, at + piece - left);
    if (more.length === 0) return { pixels, broken: false };
    room.set(more, left);
    at += more.length;
    has = left + more.length;
    lzwFeed(has);
  }
  return { pixels, broken: false };
}

test.each([0, 2, 3, 4, 5, 6, 7, 8])('codes for %i bits a pixel (0: those of TIFF)', (bits) => {
  const next = random(40 + bits);
  const below = (n: number) => Math.floor(next() * n);
  for (let i = 0; i < 60; i++) {
    const [width, height] = [1 + below(300), 1 + below(60)];
    const screen = [width, height] as const;
    const kind = { interlaced: false, transparent: false, local: false };
    const place = [0, 0, width, height] as const;
    const { data, pixels } = randomGif({ screen, place, depth: bits || 8, ...kind }, next);
    const codes = bits === 0 ? tiffLzw(pixels, below) : data.slice();
    if (next() < 0.7) codes[below(codes.length)]! ^= 1 << below(8);
    const slow = slowly(codes, bits, width * height);
    const ours = byCore(codes, bits, width, height, 8 + below(200));
    const whole = Math.floor(Math.min(slow.pixels.length, width * height) / width) * width;
    expect(Buffer.from(ours.pixels)).toEqual(Buffer.from(slow.pixels.slice(0, whole)));
    expect(ours.broken).toBe(slow.broken);
  }
});
