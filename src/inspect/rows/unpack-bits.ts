/** Samples of 1, 2 or 4 bits, the first in the highest bits, one a byte. */
export function unpackBits(row: Uint8Array, depth: number, pixels: number, out: Uint8Array): void {
  const table = tableOf(depth);
  const each = 8 / depth;
  const whole = Math.floor(pixels / each);
  let to = 0;
  for (let at = 0; at < whole; at++) {
    for (let from = row[at]! * each, end = from + each; from < end; ) out[to++] = table[from++]!;
  }
  for (let from = (row[whole] ?? 0) * each; to < pixels; ) out[to++] = table[from++]!;
}

const tables = new Map<number, Uint8Array>();

/** The samples of every byte, one after the other. */
function tableOf(depth: number): Uint8Array {
  let table = tables.get(depth);
  if (!table) {
    const each = 8 / depth;
    table = Uint8Array.from({ length: 256 * each }, (_, i) => {
      const right = 8 - depth * (1 + (i % each));
      return (Math.floor(i / each) >> right) & (2 ** depth - 1);
    });
    tables.set(depth, table);
  }
  return table;
}
