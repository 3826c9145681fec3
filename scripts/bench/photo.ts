/**
 * JPEG files of any wanted size for the benchmarks: a small grey mosaic that every decoder reads,
 * no two alike, with noise in comment segments before the picture, so that a cut file has no end.
 */

/** Marker segments hold at most so many bytes after their length. */
const SEGMENT = 65_533;
const WIDTH = 320;
const HEIGHT = 240;

/** DC code lengths of the standard luminance table (ITU-T T.81, table K.3): categories 0 to 11. */
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

/** @param seed decides the picture and the noise */
export function photo(seed: number, bytes: number): Uint8Array<ArrayBuffer> {
  const next = noise(seed);
  const picture = mosaic(next);
  const padding = bytes - picture.length - 2;
  if (padding < 4) throw new RangeError(`a photo has at least ${picture.length + 6} bytes`);
  const file = new Uint8Array(bytes);
  file.set([0xff, 0xd8]);
  let at = 2;
  for (let left = padding; left > 0; ) {
    // Never leaves a rest too small for a segment of its own.
    const size = left <= SEGMENT + 2 ? left : Math.min(SEGMENT + 2, left - 4);
    file.set([0xff, 0xfe, (size - 2) >> 8, (size - 2) & 255], at);
    const words = new Uint32Array(Math.ceil((size - 4) / 4));
    for (let i = 0; i < words.length; i++) words[i] = next();
    file.set(new Uint8Array(words.buffer, 0, size - 4), at + 4);
    at += size;
    left -= size;
  }
  file.set(picture, at);
  return file;
}

/** Everything of a baseline JPEG after SOI; each block of 8 × 8 has one grey. */
function mosaic(next: () => number): Uint8Array {
  const codes = dcCodes();
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  let before = 0;
  for (let block = 0; block < (WIDTH / 8) * (HEIGHT / 8); block++) {
    const dc = (next() % 1800) - 900;
    const difference = dc - before;
    before = dc;
    const size = 32 - Math.clz32(Math.abs(difference));
    const code = codes[size]!;
    put(code.bits, code.length);
    put(difference < 0 ? difference + 2 ** size - 1 : difference, size);
    put(0, 1); // The only AC code: end of block.
  }
  while (bits.length % 8 !== 0) bits.push(1);
  const scan: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    const octet = bits.slice(i, i + 8).reduce((sum, bit) => sum * 2 + bit, 0);
    scan.push(octet, ...(octet === 0xff ? [0] : []));
  }
  return Uint8Array.of(
    ...segment(0xdb, [0, ...Array<number>(64).fill(1)]),
    ...segment(0xc0, [8, HEIGHT >> 8, HEIGHT & 255, WIDTH >> 8, WIDTH & 255, 1, 1, 0x11, 0]),
    ...segment(0xc4, [0, ...DC_COUNTS, ...codes.keys()]),
    ...segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0]),
    ...segment(0xda, [1, 1, 0, 0, 63, 0]),
    ...scan,
    0xff,
    0xd9,
  );
}

function segment(marker: number, body: readonly number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}

/** Canonical Huffman codes: counted up within a length, doubled from one length to the next. */
function dcCodes(): { bits: number; length: number }[] {
  const codes: { bits: number; length: number }[] = [];
  let bits = 0;
  for (const [i, count] of DC_COUNTS.entries()) {
    for (let n = 0; n < count; n++) codes.push({ bits: bits++, length: i + 1 });
    bits *= 2;
  }
  return codes;
}

/** 32 random bits at a time (xorshift32, Marsaglia 2003), the same for the same seed. */
export function noise(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
