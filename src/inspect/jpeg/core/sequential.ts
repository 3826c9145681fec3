/** Baseline and extended sequential scans (ITU-T T.81, F.2), a stretch of MCUs at a time. */
import { CHUNK, findBlocks } from './blocks';
import { BLOCKS, COMPONENT, LIMIT } from './component';
import { keepAcs, keepDcs } from './values';

/**
 * Reads `count` MCUs of `perMcu` blocks, rows of `wide`, from number `from` on. `at` and `end` are bits;
 * behind the end there are zeros. Returns the place of the next bit; its complement at a code that no table
 * knows, or behind the end, where the values of some MCUs before may be missing.
 */
export function readMcus(
  top: usize,
  at: u32,
  end: u32,
  targets: usize,
  components: u32,
  plan: usize,
  perMcu: u32,
  from: i32,
  count: i32,
  wide: i32,
): i32 {
  let column = from % wide;
  let row = from / wide;
  const most = <i32>(CHUNK / perMcu);
  while (count > 0) {
    const some = min(count, most);
    const next = findBlocks(top, at, end, plan, perMcu, some * perMcu);
    if (next < 0) return next;
    at = next;
    let first: u32 = 0;
    for (let i: u32 = 0; i < components; i++) {
      const component = targets + <usize>i * COMPONENT;
      keepDcs(top, plan, component, first, perMcu, some, column, row, wide);
      if (load<u32>(component, LIMIT) > 1) {
        keepAcs(top, plan, component, first, perMcu, some, column, row, wide);
      }
      first += load<u32>(component, BLOCKS);
    }
    column += some;
    row += column / wide;
    column %= wide;
    count -= some;
  }
  return at;
}
