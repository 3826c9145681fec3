/** Puts WebP files together from the chunks of others (RFC 9649). */
import { fourcc, u32le } from '../../../src/inspect/structure/bytes.ts';

const ALPHA = 0x10;
const ANIMATION = 0x02;
const IMAGE = new Set(['ALPH', 'VP8 ', 'VP8L']);

export function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + content.length + (content.length & 1));
  bytes.set(new TextEncoder().encode(type));
  new DataView(bytes.buffer).setUint32(4, content.length, true);
  bytes.set(content, 8);
  return bytes;
}

/** The chunks of a still picture that hold its pixels. */
export function imageChunks(file: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 12; at < file.length; ) {
    const end = at + 8 + u32le(file, at + 4);
    if (IMAGE.has(fourcc(file, at))) found.push(file.subarray(at, end + (end & 1)));
    at = end + (end & 1);
  }
  return found;
}

const number24 = (value: number) => [value & 255, (value >> 8) & 255, value >> 16];

/** A file with a header of its own. @param flags of VP8X */
export function extended(
  [width, height]: readonly [number, number],
  flags: number,
  chunks: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const header = Uint8Array.of(flags, 0, 0, 0, ...number24(width - 1), ...number24(height - 1));
  const content = [chunk('VP8X', header), ...chunks].flatMap((one) => [...one]);
  return chunk(
    'RIFF',
    Uint8Array.from([...new TextEncoder().encode('WEBP'), ...content]),
  ) as Uint8Array<ArrayBuffer>;
}

/** A picture of that size as a frame at that place, which is even. */
export function frame(
  file: Uint8Array,
  [width, height]: readonly [number, number],
  [left, top]: readonly [number, number],
): Uint8Array {
  const place = [left / 2, top / 2, width - 1, height - 1, 100].flatMap(number24);
  return chunk(
    'ANMF',
    Uint8Array.from([...place, 0, ...imageChunks(file).flatMap((one) => [...one])]),
  );
}

/** @param background of the canvas: B, G, R, A */
export function animation(
  canvas: readonly [number, number],
  frames: readonly Uint8Array[],
  { alpha = true, background = [0, 0, 255, 255] } = {},
): Uint8Array<ArrayBuffer> {
  const anim = chunk('ANIM', Uint8Array.of(...background, 0, 0));
  return extended(canvas, ANIMATION | (alpha ? ALPHA : 0), [anim, ...frames]);
}
