/**
 * A small baseline JPEG encoder for tests, because no encoder at hand writes all sampling factors,
 * restart intervals and colour models. Slow and plain; one pair of Huffman tables for all components.
 */
import type { Picture } from '../../../fixtures/photo.ts';

export interface EncodeOptions {
  readonly color: 'grey' | 'ycc' | 'rgb' | 'cmyk' | 'ycck';
  /** Sampling factors [across, down] of each component. */
  readonly sampling: readonly (readonly [number, number])[];
  /** MCUs between restart markers; 0 is none. */
  readonly restart?: number;
  /** One scan for each component instead of one for all. */
  readonly separate?: boolean;
  /** All quantisation steps; 1 is nearly lossless. */
  readonly step?: number;
}

const ZIGZAG = zigzag();
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_VALUES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** Every run with every size of 1–10 bits, the frequent first; unlike annex K's, it has codes of all lengths. */
const AC_VALUES = [
  0x00,
  0xf0,
  ...Array.from({ length: 160 }, (_, i) => ((i % 16) << 4) | (Math.floor(i / 16) + 1)),
];
/** Leaves room below the code of all ones, which is not allowed. */
const AC_COUNTS = [0, 2, 0, 4, 0, 8, 0, 20, 0, 40, 0, 0, 0, 88, 0, 0];

export function encodeJpeg(picture: Picture, options: EncodeOptions): Uint8Array<ArrayBuffer> {
  const { width, height } = picture;
  const { color, sampling, restart = 0, step = 2 } = options;
  const across = Math.max(...sampling.map(([h]) => h));
  const down = Math.max(...sampling.map(([, v]) => v));
  const planes = planesOf(picture, color).map((plane, i) =>
    shrink(plane, width, height, across / sampling[i]![0], down / sampling[i]![1]),
  );
  const out: number[] = [0xff, 0xd8];
  const segment = (marker: number, bytes: number[]) =>
    out.push(0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255, ...bytes);
  if (color === 'ycc') segment(0xe0, [...text('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  else if (color !== 'grey') {
    segment(0xee, [...text('Adobe'), 0, 100, 0, 0, 0, 0, color === 'ycck' ? 2 : 0]);
  }
  segment(0xdb, [0, ...new Array<number>(64).fill(step)]);
  segment(0xc0, [
    8,
    ...[height >> 8, height & 255, width >> 8, width & 255],
    planes.length,
    ...sampling.flatMap(([h, v], i) => [i + 1, (h << 4) | v, 0]),
  ]);
  segment(0xc4, [0x00, ...DC_COUNTS, ...DC_VALUES, 0x10, ...AC_COUNTS, ...AC_VALUES]);
  if (restart > 0) segment(0xdd, [restart >> 8, restart & 255]);
  const scans = options.separate ? planes.map((_, i) => [i]) : [planes.map((_, i) => i)];
  for (const members of scans) {
    segment(0xda, [members.length, ...members.flatMap((i) => [i + 1, 0]), 0, 63, 0]);
    const alone = members.length === 1;
    const components = members.map((i) => ({
      plane: planes[i]!,
      sampling: alone ? [1, 1] : sampling[i]!,
    }));
    const first = components[0]!.plane;
    const wide = alone ? Math.ceil(first.width / 8) : Math.ceil(width / (8 * across));
    const high = alone ? Math.ceil(first.height / 8) : Math.ceil(height / (8 * down));
    encodeScan(out, components, wide, high, restart, step);
  }
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}

interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

function encodeScan(
  out: number[],
  components: { readonly plane: Plane; readonly sampling: readonly number[] }[],
  wide: number,
  high: number,
  restart: number,
  step: number,
): void {
  const dcCodes = codesOf(DC_COUNTS, DC_VALUES);
  const acCodes = codesOf(AC_COUNTS, AC_VALUES);
  let bits = 0;
  let count = 0;
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) {
      bits = (bits << 1) | ((value >> i) & 1);
      if (++count < 8) continue;
      out.push(bits);
      if (bits === 255) out.push(0);
      bits = 0;
      count = 0;
    }
  };
  const flush = () => count > 0 && put(255, 8 - count);
  const code = ([value, length]: readonly [number, number]) => put(value, length);
  const signed = (value: number, size: number) =>
    put(value < 0 ? value + (1 << size) - 1 : value, size);
  const sizeOf = (value: number) => 32 - Math.clz32(Math.abs(value));
  let predictors = components.map(() => 0);
  for (let mcu = 0; mcu < wide * high; mcu++) {
    if (restart > 0 && mcu > 0 && mcu % restart === 0) {
      flush();
      out.push(0xff, 0xd0 + ((mcu / restart - 1) & 7));
      predictors = components.map(() => 0);
    }
    for (const [i, { plane, sampling }] of components.entries()) {
      const [h, v] = sampling as [number, number];
      for (let b = 0; b < h * v; b++) {
        const x = ((mcu % wide) * h + (b % h)) * 8;
        const y = (Math.floor(mcu / wide) * v + Math.floor(b / h)) * 8;
        const block = transform(plane, x, y).map((value) => Math.round(value / step));
        const dc = block[0]! - predictors[i]!;
        predictors[i] = block[0]!;
        code(dcCodes.get(sizeOf(dc))!);
        signed(dc, sizeOf(dc));
        let run = 0;
        for (let k = 1; k < 64; k++) {
          const value = block[ZIGZAG[k]!]!;
          if (value === 0) {
            run++;
            continue;
          }
          for (; run > 15; run -= 16) code(acCodes.get(0xf0)!);
          code(acCodes.get((run << 4) | sizeOf(value))!);
          signed(value, sizeOf(value));
          run = 0;
        }
        if (run > 0) code(acCodes.get(0)!);
      }
    }
  }
  flush();
}

/** By symbol: code and its length. */
function codesOf(counts: readonly number[], values: readonly number[]) {
  const codes = new Map<number, readonly [number, number]>();
  let code = 0;
  let index = 0;
  for (const [i, n] of counts.entries()) {
    for (let k = 0; k < n; k++) codes.set(values[index++]!, [code++, i + 1]);
    code <<= 1;
  }
  if (index !== values.length) throw new Error('a Huffman table of the test encoder is wrong');
  return codes;
}

const COSINES = Float64Array.from({ length: 64 }, (_, at) => {
  const u = at >> 3;
  return (Math.cos(((2 * (at & 7) + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1)) / 2;
});

/** DCT of the 8 × 8 block at (x, y); beyond the picture the last sample is repeated. */
function transform({ width, height, data }: Plane, x: number, y: number): Float64Array {
  const rows = new Float64Array(64);
  const out = new Float64Array(64);
  for (let j = 0; j < 8; j++) {
    const from = Math.min(height - 1, y + j) * width;
    for (let u = 0; u < 8; u++) {
      for (let i = 0; i < 8; i++) {
        const sample = data[from + Math.min(width - 1, x + i)]! - 128;
        rows[j * 8 + u]! += sample * COSINES[u * 8 + i]!;
      }
    }
  }
  for (let v = 0; v < 8; v++) {
    for (let u = 0; u < 8; u++) {
      for (let j = 0; j < 8; j++) out[v * 8 + u]! += rows[j * 8 + u]! * COSINES[v * 8 + j]!;
    }
  }
  return out;
}

/** The components of a colour model, 0–255, full size. CMYK is inverted, as Adobe stores it. */
function planesOf({ data, width, height }: Picture, color: EncodeOptions['color']): Plane[] {
  const plane = (value: (r: number, g: number, b: number) => number): Plane => ({
    width,
    height,
    data: Float64Array.from({ length: width * height }, (_, i) =>
      value(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!),
    ),
  });
  const luma = (r: number, g: number, b: number) => 0.299 * r + 0.587 * g + 0.114 * b;
  const cb = (r: number, g: number, b: number) => 128 + (b - luma(r, g, b)) / 1.772;
  const cr = (r: number, g: number, b: number) => 128 + (r - luma(r, g, b)) / 1.402;
  const plain = [plane((r) => r), plane((_, g) => g), plane((_, __, b) => b)];
  // Bare paper where the picture is light: black holds the brightest channel, the inks the rest.
  const black = (r: number, g: number, b: number) => Math.max(1, r, g, b);
  const ink = (pick: 0 | 1 | 2) =>
    plane((...rgb) => Math.min(255, (255 * rgb[pick]!) / black(...rgb)));
  switch (color) {
    case 'grey':
      return [plane(luma)];
    case 'ycc':
      return [plane(luma), plane(cb), plane(cr)];
    case 'rgb':
      return plain;
    case 'cmyk':
      return [ink(0), ink(1), ink(2), plane(black)];
    case 'ycck': {
      const [c, m, y] = [ink(0), ink(1), ink(2)].map(({ data: d }) => d.map((v) => 255 - v));
      const of = (f: (r: number, g: number, b: number) => number): Plane => ({
        width,
        height,
        data: Float64Array.from({ length: width * height }, (_, i) => f(c![i]!, m![i]!, y![i]!)),
      });
      return [of(luma), of(cb), of(cr), plane(black)];
    }
  }
}

/** Averages over `fx` × `fy` samples; what lies beyond the edge repeats the last one. */
function shrink({ data }: Plane, width: number, height: number, fx: number, fy: number): Plane {
  if (fx === 1 && fy === 1) return { width, height, data };
  const wide = Math.ceil(width / fx);
  const high = Math.ceil(height / fy);
  const out = new Float64Array(wide * high);
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      let sum = 0;
      for (let j = 0; j < fy; j++) {
        for (let i = 0; i < fx; i++) {
          const row = Math.min(height - 1, Math.floor(y * fy + j));
          sum += data[row * width + Math.min(width - 1, Math.floor(x * fx + i))]!;
        }
      }
      out[y * wide + x] = sum / (fx * fy);
    }
  }
  return { width: wide, height: high, data: out };
}

function zigzag(): number[] {
  const order = Array.from({ length: 64 }, (_, at) => at);
  const diagonal = (at: number) => (at >> 3) + (at & 7);
  // Odd diagonals run down, even ones up.
  const along = (at: number) => (diagonal(at) % 2 === 1 ? at >> 3 : at & 7);
  return order.sort((a, b) => diagonal(a) - diagonal(b) || along(a) - along(b));
}

const text = (value: string): number[] => [...value].map((letter) => letter.charCodeAt(0));
