/**
 * Looks through hashes for those of which ../neighbours.ts says that they are worth a second look. A page holds of
 * each hash, one array behind the other: its 64 low bits, the other 192, the 64 samples of its sketch, and two means
 * of chroma with a byte that is 1 when there is a sketch. A query holds of one hash the same, but for that byte.
 */

/** Hashes of a page. */
const PAGE: usize = 4096;
const OTHERS: usize = 8 * PAGE;
const SAMPLES: usize = OTHERS + 24 * PAGE;
const MEANS: usize = SAMPLES + 64 * PAGE;

/** Within a query. */
const QUERY_OTHERS: usize = 8;
const QUERY_SAMPLES: usize = 32;
const QUERY_MEANS: usize = 96;

/** Numbers in the page of those that are left, 32 bits each. */
const list: usize = memory.data(4 * 4096, 8);

/**
 * Three passes, the first two without a branch: one that is taken every fifth time costs more than all else that is
 * done for a hash.
 *
 * @param count hashes of the page to look at
 * @param hits takes of each hit its number in the page and the distance, 32 bits each
 * @param threshold distances up to it are left out
 * @param maxLow most low bits that may differ
 * @param maxScore most of the distance and twice the low bits that differ
 * @param nearScore above it, sketches must correlate more
 * @param leastNear what the product of the samples must come to up to it
 * @param leastFar and above it
 * @param maxTint most by which a mean of chroma may differ
 * @returns number of hits
 */
export function scan(
  page: usize,
  count: u32,
  query: usize,
  hits: usize,
  threshold: u32,
  maxLow: u32,
  maxScore: u32,
  nearScore: u32,
  leastNear: i32,
  leastFar: i32,
  maxTint: i32,
): u32 {
  const low = load<u64>(query);
  let left = list;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(left, i);
    left += (<usize>(lowBits(page, low, i) <= maxLow)) << 2;
  }
  const end = left;
  left = list;
  for (let entry = list; entry < end; entry += 4) {
    const i = load<u32>(entry);
    const apart = lowBits(page, low, i);
    const distance = apart + otherBits(page, query, i);
    store<u32>(left, i);
    left += (<usize>(<i32>(distance + 2 * apart <= maxScore) & <i32>(distance > threshold))) << 2;
  }
  let next = hits;
  for (let entry = list; entry < left; entry += 4) {
    const i = load<u32>(entry);
    if (!isSketchLike(page, query, i, maxTint)) continue;
    const apart = lowBits(page, low, i);
    const distance = apart + otherBits(page, query, i);
    const least = distance + 2 * apart > nearScore ? leastFar : leastNear;
    if (product(query + QUERY_SAMPLES, page + SAMPLES + ((<usize>i) << 6)) < least) continue;
    store<u32>(next, i);
    store<u32>(next, distance, 4);
    next += 8;
  }
  return <u32>((next - hits) >> 3);
}

function lowBits(page: usize, low: u64, i: u32): u32 {
  return <u32>popcnt(low ^ load<u64>(page + ((<usize>i) << 3)));
}

function otherBits(page: usize, query: usize, i: u32): u32 {
  const others = page + OTHERS + 24 * <usize>i;
  return <u32>(
    (popcnt(load<u64>(query, QUERY_OTHERS) ^ load<u64>(others)) +
      popcnt(load<u64>(query, QUERY_OTHERS + 8) ^ load<u64>(others, 8)) +
      popcnt(load<u64>(query, QUERY_OTHERS + 16) ^ load<u64>(others, 16)))
  );
}

/** Whether there is a sketch, and its means of chroma are near. */
function isSketchLike(page: usize, query: usize, i: u32, maxTint: i32): bool {
  const means = page + MEANS + ((<usize>i) << 2);
  const one = abs(<i32>load<i8>(query, QUERY_MEANS) - <i32>load<i8>(means));
  const other = abs(<i32>load<i8>(query, QUERY_MEANS + 1) - <i32>load<i8>(means, 1));
  return load<u8>(means, 2) !== 0 && max(one, other) <= maxTint;
}

/** Sum of the products of 64 samples, 8 bits each. */
function product(one: usize, other: usize): i32 {
  let sum = i32x4.splat(0);
  for (let at: usize = 0; at < 64; at += 16) {
    const a = v128.load(one + at);
    const b = v128.load(other + at);
    const low = i16x8.extmul_low_i8x16_s(a, b);
    const high = i16x8.extmul_high_i8x16_s(a, b);
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(low));
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_s(high));
  }
  sum = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
  return i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1);
}
