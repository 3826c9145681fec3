/** Baseline and extended sequential scans (ITU-T T.81, F.2), a stretch of MCUs at a time. */
import { findAhead } from './ahead';
import { findBlocks, PLANNED } from './blocks';
import { BLOCKS, COMPONENT } from './component';
import { keep } from './values';

/**
 * Reads `count` MCUs of `perMcu` blocks, rows of `wide`, from number `from` on. `at` and `end` are bits;
 * behind the end there are zeros. `places` takes those of blocks. Returns the place of the next bit; its complement
 * at a code that no table knows, or behind the end, where the values of some MCUs before may be missing.
 */
export function readMcus(
  top: usize,
  at: u32,
  end: u32,
  targets: usize,
  components: u32,
  plan: usize,
  period: u32,
  perMcu: u32,
  places: usize,
  from: i32,
  count: i32,
  wide: i32,
): i32 {
  let column = from % wide;
  let row = from / wide;
  while (count > 0) {
    let some = <i32>(findAhead(top, at, end, plan, period, count * perMcu, places) / perMcu);
    if (some === 0) {
      some = min(count, <i32>(PLANNED / perMcu));
      const next = findBlocks(top, at, end, plan, period, 0, some * perMcu, places);
      if (next < 0) return next;
    }
    let first = places;
    for (let i: u32 = 0; i < components; i++) {
      const component = targets + <usize>i * COMPONENT;
      keep(top, first, component, perMcu, some, column, row, wide);
      first += load<usize>(component, BLOCKS) << 2;
    }
    at = load<u32>(places + ((<usize>(some * perMcu)) << 2));
    column += some;
    row += column / wide;
    column %= wide;
    count -= some;
  }
  return at;
}
