/**
 * zlib streams (RFC 1950), inflated by the core. That takes half to two thirds of the time of the platform's own zlib,
 * which a file of 3 MB took 15 ms more to stream: to set it up, for its buffers and their collection. libdeflate,
 * compiled to WebAssembly, takes a little longer than the core, and wants the whole in memory.
 */
import { u16be, u32be } from '../structure/bytes.ts';
import { core } from './memory.ts';
import { PartsReader } from './parts-reader.ts';
import type { ReadData } from './piece-room.ts';

/** Data that it is given at once, in bytes. */
const FED = 1 << 16;
const WINDOW = 1 << 15;
/** What it puts out at once, and some. */
const PIECE = 1 << 16;

/** What {@link inflate} needs of the core's memory, where up to `left` bytes are left to be read with what follows. */
export function inflateRooms(left: number): number[] {
  return [FED, WINDOW + PIECE + left];
}

/** Of the stream, before and behind what is compressed. */
const HEADER = 2;
const CHECKSUM = 4;
const DEFLATE = 8;
const DICTIONARY = 0x20;

/**
 * Has what the stream holds read as it comes, without a copy.
 * @param stream in parts that follow each other
 * @param rooms as {@link inflateRooms} wants them
 * @returns whether it is whole, its checksum right, nothing follows it, and all of it was read
 */
export function inflate(
  stream: readonly Uint8Array[],
  rooms: readonly Uint8Array<ArrayBuffer>[],
  read: ReadData,
): boolean {
  const data = new PartsReader(stream);
  if (data.left < HEADER + CHECKSUM || !isSound(data.fill(new Uint8Array(HEADER)))) return false;
  const { adlerAdd, inflateBegin, inflateFeed, inflateMove, inflateRun, inflateTo, inflateUsed } =
    core();
  const [fed, out] = rooms as [Uint8Array, Uint8Array<ArrayBuffer>];
  inflateBegin(fed.byteOffset, out.byteOffset, out.length);
  let has = 0;
  let sum = 1;
  const { buffer } = out;
  let unread = out.byteOffset;
  for (let from = unread; ; ) {
    const state = inflateRun();
    const to = inflateTo();
    if (to > from) {
      sum = adlerAdd(sum, from, to);
      const done = read(new Uint8Array(buffer, unread, to - unread));
      if (done === undefined) return false;
      unread += done;
    }
    from = to;
    if (state < 0) return false;
    if (state === 2) break;
    if (state === 1) {
      from = inflateMove(to - unread);
      unread -= to - from;
    } else {
      const kept = has - inflateUsed();
      fed.copyWithin(0, has - kept, has);
      has = kept + Math.min(fed.length - kept, data.left - CHECKSUM);
      data.fill(fed.subarray(kept, has));
      inflateFeed(has, Number(data.left === CHECKSUM));
    }
  }
  if (data.left > CHECKSUM || has > inflateUsed() || unread < inflateTo()) return false;
  return sum >>> 0 === u32be(data.fill(new Uint8Array(CHECKSUM)), 0);
}

function isSound(header: Uint8Array): boolean {
  return (
    (header[0]! & 15) === DEFLATE &&
    header[0]! >> 4 <= 7 &&
    (header[1]! & DICTIONARY) === 0 &&
    u16be(header, 0) % 31 === 0
  );
}
