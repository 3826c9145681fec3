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

/**
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
  let next = hits;
  for (let i: usize = 0; i < <usize>count; i++) {
    const apart = <u32>popcnt(low ^ load<u64>(page + (i << 3)));
    if (apart > maxLow) continue;
    const others = page + OTHERS + 24 * i;
    const distance =
      apart +
      <u32>(
        (popcnt(load<u64>(query, QUERY_OTHERS) ^ load<u64>(others)) +
          popcnt(load<u64>(query, QUERY_OTHERS + 8) ^ load<u64>(others, 8)) +
          popcnt(load<u64>(query, QUERY_OTHERS + 16) ^ load<u64>(others, 16)))
      );
    const score = distance + 2 * apart;
    if (score > maxScore || distance <= threshold) continue;
    const means = page + MEANS + (i << 2);
    if (load<u8>(means, 2) === 0) continue;
    if (abs(<i32>load<i8>(query, QUERY_MEANS) - <i32>load<i8>(means)) > maxTint) continue;
    if (abs(<i32>load<i8>(query, QUERY_MEANS + 1) - <i32>load<i8>(means, 1)) > maxTint) continue;
    const least = score > nearScore ? leastFar : leastNear;
    if (product(query + QUERY_SAMPLES, page + SAMPLES + (i << 6)) < least) continue;
    store<u32>(next, <u32>i);
    store<u32>(next, distance, 4);
    next += 8;
  }
  return <u32>((next - hits) >> 3);
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
