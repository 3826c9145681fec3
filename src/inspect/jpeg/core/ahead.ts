/**
 * Finds blocks (see blocks.ts) from two places of the data at once: the processor overlaps two chains of
 * look-ups that do not wait for each other, which takes two thirds of the time.
 *
 * Where a block begins further on is not known. But Huffman codes synchronise: a chain that begins
 * anywhere soon comes upon the right codes, and after some blocks also upon the right tables. When the first
 * chain, which is always right, arrives at a place where the second one began a block with the same tables, all
 * that the second has found from there on is right, too. When they do not meet, only time is lost.
 */
import { bitsAt } from './bits';
import { FULL, findBlocks, firstTable, PLANNED, SHIFT, singleStep } from './blocks';

/** Blocks that a chain finds at most before they are to meet, but for those up to the plan's next end. */
const MOST: u32 = 1 << 13;
/** Room for the places that are found, behind which lie those of the second chain. */
const PLACES: u32 = 2 * (MOST + PLANNED);
/** Less than so many blocks are not worth it: the second chain takes some hundred to synchronise. */
const LEAST: u32 = 1 << 12;
/** Blocks by which the first chain goes on alone until the two have met. */
const ALONE: u32 = 64;
/** How often the second chain begins again, a byte further on, when it has come upon an invalid code. */
const ATTEMPTS = 32;
/** A step is shorter, in bits. */
const STEP: u32 = 64;

/** What the two chains have found, and where the second one stopped at an invalid code (0: it did not). */
let found: u32 = 0;
let foundAhead: u32 = 0;
let failedAt: u32 = 0;

/**
 * Finds some of the next `count` blocks, of which the first lies at bit `at` and is the plan's first. Writes their
 * places and that of what follows to `places`. Returns how many: 0 when there are too few to begin with. An invalid
 * code is left to whom goes on from there.
 */
export function findAhead(
  top: usize,
  at: u32,
  end: u32,
  plan: usize,
  period: u32,
  count: u32,
  places: usize,
): u32 {
  if (count < LEAST || at + 4 * STEP > end) return 0;
  // As many bits as three quarters of the blocks take, if these are like the average.
  const most = (<u64>(end - at) * (MOST - (MOST >> 2))) / count;
  let from = at + <u32>min<u64>(most, (end - at) >> 1);
  const ahead = places + ((<usize>PLACES) << 2);
  let before: u32 = 0;
  for (let i = 0; i < ATTEMPTS; i++) {
    findTwice(top, at, from, end, plan, period, before % period, placeOf(places, before), ahead);
    found += before;
    if (failedAt === 0 || found >= MOST || failedAt + 2 * STEP > end) break;
    before = found;
    at = load<u32>(placeOf(places, found));
    from = (failedAt | 7) + 1;
  }
  return found < count ? meet(top, end, plan, period, count, places, ahead) : count;
}

function placeOf(places: usize, block: u32): usize {
  return places + ((<usize>block) << 2);
}

/**
 * The two chains. The first begins at bit `at`, block `first` of the plan, and goes on until it has passed bit `from`,
 * where the second began, supposing the plan's first block there. That, and the end of the data, is only looked
 * at where the plan ends: both may read some 130 KB beyond, where other things lie in memory, and find nothing there.
 *
 * Written out twice for each chain: a word (57 bits) holds two look-ups, and functions cannot share variables.
 */
function findTwice(
  top: usize,
  at: u32,
  from: u32,
  end: u32,
  plan: usize,
  period: u32,
  first: u32,
  places: usize,
  ahead: usize,
): void {
  // Behind it lies one block more: of two look-ups the first may end a block, and the second begin the next.
  const planEnd = plan + ((<usize>(PLANNED - 1 - ((PLANNED - 1) % period))) << 3);
  const most = places + ((<usize>MOST) << 2);
  const mostB = ahead + ((<usize>MOST) << 2);
  let block = plan + ((<usize>first) << 3);
  let next = places + 4;
  let table = firstTable(plan, first, period);
  let k: u64 = 0;
  let word = bitsAt(top, at);
  store<u32>(places, at);
  let atB = from;
  let blockB = plan;
  let nextB = ahead + 4;
  let tableB = firstTable(plan, 0, period);
  let kB: u64 = 0;
  let wordB = bitsAt(top, atB);
  store<u32>(ahead, atB);
  failedAt = 0;
  while (true) {
    let step: u32 = load<u16>(table + ((<u32>(word >> SHIFT)) << 1));
    let stepB: u32 = load<u16>(tableB + ((<u32>(wordB >> SHIFT)) << 1));
    const fresh = bitsAt(top, at);
    const freshB = bitsAt(top, atB);
    k += step >> 6;
    at += step & 63;
    word = fresh << step;
    kB += stepB >> 6;
    atB += stepB & 63;
    wordB = freshB << stepB;
    if ((k | kB) & FULL) {
      if (k & FULL) {
        k -= step >> 6;
        at -= step & 63;
        const single = singleStep(block, <u32>k, bitsAt(top, at));
        if (single === 0) break;
        k += single >> 6;
        at += single & 63;
        word = bitsAt(top, at);
      }
      if (kB & FULL) {
        kB -= stepB >> 6;
        atB -= stepB & 63;
        const single = singleStep(blockB, <u32>kB, bitsAt(top, atB));
        if (single === 0) {
          failedAt = atB;
          break;
        }
        kB += single >> 6;
        atB += single & 63;
        wordB = bitsAt(top, atB);
      }
    }
    store<u32>(next, at);
    store<u32>(nextB, atB);
    let ended: u32 = (<u32>k >> 2) & 32;
    let endedB: u32 = (<u32>kB >> 2) & 32;
    table = <u32>(load<u64>(block) >> ended);
    k >>= ended;
    block += ended >> 2;
    next += ended >> 3;
    tableB = <u32>(load<u64>(blockB) >> endedB);
    kB >>= endedB;
    blockB += endedB >> 2;
    nextB += endedB >> 3;

    step = load<u16>(table + ((<u32>(word >> SHIFT)) << 1));
    stepB = load<u16>(tableB + ((<u32>(wordB >> SHIFT)) << 1));
    k += step >> 6;
    at += step & 63;
    word <<= step;
    kB += stepB >> 6;
    atB += stepB & 63;
    wordB <<= stepB;
    if ((k | kB) & FULL) {
      if (k & FULL) {
        k -= step >> 6;
        at -= step & 63;
        const single = singleStep(block, <u32>k, bitsAt(top, at));
        if (single === 0) break;
        k += single >> 6;
        at += single & 63;
        word = bitsAt(top, at);
      }
      if (kB & FULL) {
        kB -= stepB >> 6;
        atB -= stepB & 63;
        const single = singleStep(blockB, <u32>kB, bitsAt(top, atB));
        if (single === 0) {
          failedAt = atB;
          break;
        }
        kB += single >> 6;
        atB += single & 63;
        wordB = bitsAt(top, atB);
      }
    }
    store<u32>(next, at);
    store<u32>(nextB, atB);
    ended = (<u32>k >> 2) & 32;
    endedB = (<u32>kB >> 2) & 32;
    table = <u32>(load<u64>(block) >> ended);
    k >>= ended;
    block += ended >> 2;
    next += ended >> 3;
    tableB = <u32>(load<u64>(blockB) >> endedB);
    kB >>= endedB;
    blockB += endedB >> 2;
    nextB += endedB >> 3;
    if (block === planEnd) {
      block = plan;
      if (at >= from || next > most) break;
    }
    if (blockB === planEnd) {
      blockB = plan;
      if (atB > end || nextB > mostB) break;
    }
  }
  found = endedWithin(end, places, next);
  foundAhead = endedWithin(end, ahead, nextB);
}

/** How many blocks have ended, up to bit `end`, when `next` takes the end of one that has not. */
function endedWithin(end: u32, places: usize, next: usize): u32 {
  do next -= 4;
  while (next > places && load<u32>(next) > end);
  return <u32>((next - places) >> 2);
}

/** Lets the first chain go on alone until the two have met, and joins what they have found. */
function meet(
  top: usize,
  end: u32,
  plan: usize,
  period: u32,
  count: u32,
  places: usize,
  ahead: usize,
): u32 {
  let j: u32 = 0;
  let n = found;
  while (n > 0 && load<u32>(placeOf(places, n)) > load<u32>(ahead)) n--;
  while (true) {
    for (; n <= found && j <= foundAhead; n++) {
      const place = load<u32>(placeOf(places, n));
      while (j <= foundAhead && load<u32>(placeOf(ahead, j)) < place) j++;
      if (j > foundAhead) break;
      if (load<u32>(placeOf(ahead, j)) !== place || j % period !== n % period) continue;
      const more = min(foundAhead - j, min(count, PLACES - 1) - n);
      if (n + more <= found) return found;
      memory.copy(placeOf(places, n), placeOf(ahead, j), (<usize>more + 1) << 2);
      return n + more;
    }
    const some = min(ALONE, count - found);
    const enough = j > foundAhead ? LEAST : MOST + PLANNED;
    if (some === 0 || found >= enough) return found;
    const next = placeOf(places, found);
    if (findBlocks(top, load<u32>(next), end, plan, period, found % period, some, next) < 0) {
      return found;
    }
    found += some;
  }
}
