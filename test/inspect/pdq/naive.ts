/** PDQ step by step, in double precision, as the algorithm is written down: what the tests compare with. */

/** 64 × 64 buffer of a plane, by filtering all of it twice and picking. */
export function naiveBuffer(luma: ArrayLike<number>, width: number, height: number): Float64Array {
  if (width === 64 && height === 64) return Float64Array.from(luma);
  let plane = Float64Array.from(luma);
  for (let pass = 0; pass < 2; pass++) {
    plane = lines(plane, height, width, width, 1, box(Math.floor((width + 127) / 128)));
    plane = lines(plane, width, height, 1, width, box(Math.floor((height + 127) / 128)));
  }
  return Float64Array.from({ length: 4096 }, (_, at) => {
    const y = Math.trunc((((at >> 6) + 0.5) * height) / 64);
    const x = Math.trunc((((at & 63) + 0.5) * width) / 64);
    return plane[y * width + x]!;
  });
}

function lines(
  plane: Float64Array,
  count: number,
  length: number,
  fromLineToLine: number,
  fromSampleToSample: number,
  filter: (line: number[]) => number[],
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(plane.length);
  for (let line = 0; line < count; line++) {
    const at = (i: number) => line * fromLineToLine + i * fromSampleToSample;
    const filtered = filter(Array.from({ length }, (_, i) => plane[at(i)]!));
    for (const [i, value] of filtered.entries()) out[at(i)] = value;
  }
  return out;
}

/** The running sum in its four phases. */
const box = (window: number) => (line: number[]) => {
  const half = Math.floor((window + 2) / 2);
  const out: number[] = [];
  let sum = 0;
  let size = 0;
  let ahead = 0;
  let behind = 0;
  for (let i = 0; i < half - 1; i++, size++) sum += line[ahead++]!;
  for (let i = 0; i < window - half + 1; i++) {
    sum += line[ahead++]!;
    out.push(sum / ++size);
  }
  for (let i = 0; i < line.length - window; i++) {
    sum += line[ahead++]! - line[behind++]!;
    out.push(sum / size);
  }
  for (let i = 0; i < half - 1; i++) {
    sum -= line[behind++]!;
    out.push(sum / --size);
  }
  return out;
};

/** Hash and quality of a 64 × 64 buffer. */
export function naiveHash(a: ArrayLike<number>): { hex: string; quality: number } {
  const d = (i: number, j: number) =>
    Math.sqrt(2 / 64) * Math.cos((Math.PI / 128) * (i + 1) * (2 * j + 1));
  const rows = Array.from({ length: 16 }, (_, i) =>
    Array.from({ length: 64 }, (_, j) => sum(64, (k) => d(i, k) * a[k * 64 + j]!)),
  );
  const b = rows.flatMap((row) =>
    Array.from({ length: 16 }, (_, j) => sum(64, (k) => row[k]! * d(j, k))),
  );
  const median = b.toSorted((x, y) => x - y)[127]!;
  let number = 0n;
  for (const [k, value] of b.entries()) if (value > median) number |= 1n << BigInt(k);
  const gradient = (u: number, v: number) => Math.abs(Math.trunc(((u - v) * 100) / 255));
  const total = sum(4096, (at) => {
    const down = at + 64 < 4096 ? gradient(a[at]!, a[at + 64]!) : 0;
    return down + ((at & 63) < 63 ? gradient(a[at]!, a[at + 1]!) : 0);
  });
  return {
    hex: number.toString(16).padStart(64, '0'),
    quality: Math.min(100, Math.trunc(total / 90)),
  };
}

function sum(count: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k++) total += term(k);
  return total;
}
