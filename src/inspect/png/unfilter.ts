/** Undoes the filters of PNG (W3C, third edition, 9): each byte is stored as its difference to neighbours. */

/** Filter types above 4 do not exist. */
export const FILTERS = 5;

/**
 * One row: `source` from `at` on holds the filtered bytes, as many as `row` is long.
 * @param above the row before, of the same length; zeros before the first
 * @param bytes from a pixel's byte to the same one of the next pixel, at least 1
 */
export function unfilter(
  type: number,
  source: Uint8Array,
  at: number,
  row: Uint8Array,
  above: Uint8Array,
  bytes: number,
): void {
  if (type === 0) row.set(source.subarray(at, at + row.length));
  else if (type === 1) sub(source, at, row, bytes);
  else if (type === 2) up(source, at, row, above);
  else if (type === 3) average(source, at, row, above, bytes);
  else if (bytes === 3 || bytes === 4) paethOfColor(source, at, row, above, bytes);
  else paeth(source, at, row, above, bytes);
}

function sub(source: Uint8Array, at: number, row: Uint8Array, bytes: number): void {
  const first = Math.min(bytes, row.length);
  for (let i = 0; i < first; i++) row[i] = source[at + i]!;
  for (let i = bytes; i < row.length; i++) row[i] = source[at + i]! + row[i - bytes]!;
}

function up(source: Uint8Array, at: number, row: Uint8Array, above: Uint8Array): void {
  for (let i = 0; i < row.length; i++) row[i] = source[at + i]! + above[i]!;
}

function average(
  source: Uint8Array,
  at: number,
  row: Uint8Array,
  above: Uint8Array,
  bytes: number,
): void {
  const first = Math.min(bytes, row.length);
  for (let i = 0; i < first; i++) row[i] = source[at + i]! + (above[i]! >> 1);
  for (let i = bytes; i < row.length; i++) {
    row[i] = source[at + i]! + ((row[i - bytes]! + above[i]!) >> 1);
  }
}

function paeth(
  source: Uint8Array,
  at: number,
  row: Uint8Array,
  above: Uint8Array,
  bytes: number,
): void {
  const first = Math.min(bytes, row.length);
  for (let i = 0; i < first; i++) row[i] = source[at + i]! + above[i]!;
  for (let i = bytes; i < row.length; i++) {
    row[i] = source[at + i]! + nearest(row[i - bytes]!, above[i]!, above[i - bytes]!);
  }
}

/** Three or four chains at once, each of which has to wait for its last byte. */
function paethOfColor(
  source: Uint8Array,
  at: number,
  row: Uint8Array,
  above: Uint8Array,
  bytes: 3 | 4,
): void {
  let [left0, left1, left2, left3] = [0, 0, 0, 0];
  let [corner0, corner1, corner2, corner3] = [0, 0, 0, 0];
  for (let i = 0, from = at; i < row.length; i += bytes, from += bytes) {
    const up0 = above[i]!;
    const up1 = above[i + 1]!;
    const up2 = above[i + 2]!;
    left0 = (source[from]! + nearest(left0, up0, corner0)) & 255;
    left1 = (source[from + 1]! + nearest(left1, up1, corner1)) & 255;
    left2 = (source[from + 2]! + nearest(left2, up2, corner2)) & 255;
    corner0 = up0;
    corner1 = up1;
    corner2 = up2;
    row[i] = left0;
    row[i + 1] = left1;
    row[i + 2] = left2;
    if (bytes === 3) continue;
    const up3 = above[i + 3]!;
    left3 = (source[from + 3]! + nearest(left3, up3, corner3)) & 255;
    corner3 = up3;
    row[i + 3] = left3;
  }
}

/**
 * Whichever of the three is nearest to left + up − corner; of equals left, then up. Without branches:
 * the answer changes from byte to byte, and no processor guesses it.
 */
function nearest(left: number, up: number, corner: number): number {
  const fromLeft = up - corner;
  const fromUp = left - corner;
  const fromCorner = fromLeft + fromUp;
  let distance = (fromLeft ^ (fromLeft >> 31)) - (fromLeft >> 31);
  const toUp = (fromUp ^ (fromUp >> 31)) - (fromUp >> 31);
  const toCorner = (fromCorner ^ (fromCorner >> 31)) - (fromCorner >> 31);
  // −1 where up is nearer than left, else 0.
  const upNearer = (toUp - distance) >> 31;
  const best = left ^ ((left ^ up) & upNearer);
  distance ^= (distance ^ toUp) & upNearer;
  return best ^ ((best ^ corner) & ((toCorner - distance) >> 31));
}
