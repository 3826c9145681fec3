/** Streams of bytes: where they come from, and looking ahead without losing anything. */

import { createReadStream } from 'node:fs';
import { TrawlError } from '../errors.ts';
import type { Body } from '../model.ts';

export type Bytes = AsyncIterable<Uint8Array>;

/** Large enough that the cost of a chunk vanishes beside that of its lines. */
const READ_SIZE = 256 * 1024;

export function fileBytes(path: string): Bytes {
  return createReadStream(path, { highWaterMark: READ_SIZE });
}

/** The bytes of what the fetch pool delivered. */
export function bodyBytes(body: Body): Bytes {
  return body.in === 'file' ? fileBytes(body.path) : once(body.bytes);
}

async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}

/** Thrown through as it is when it is ours; everything else names the source. */
export function unreadable(name: string, error: unknown): TrawlError {
  if (error instanceof TrawlError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new TrawlError('source-unreadable', `cannot read ${name}: ${reason}`, { cause: error });
}

export interface Peeked {
  /** The first bytes, at most one chunk more than asked for. */
  readonly head: Uint8Array;
  /** Everything, the head included. Can be iterated once. */
  readonly all: Bytes;
  /** The head is all there is. */
  readonly ended: boolean;
  /** Gives the source up instead of reading `all`. */
  close(): Promise<void>;
}

/** Reads on until there are `size` bytes, `enough` says so or the stream ends. */
export async function peek(
  source: Bytes,
  size: number,
  enough: (head: Uint8Array) => boolean = () => false,
): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  // Asked again only when the head has doubled, or a slow stream of single bytes is quadratic.
  let askAt = 1;
  while (length < size) {
    const next = await iterator.next();
    if (next.done === true) {
      ended = true;
      break;
    }
    parts.push(next.value);
    length += next.value.length;
    if (length >= askAt) {
      if (enough(concat(parts, length))) break;
      askAt = length < 1024 ? length + 1 : length * 2;
    }
  }
  const close = async () => {
    await iterator.return?.();
  };
  return { head: concat(parts, length), all: rejoin(parts, iterator, ended), ended, close };
}

async function* rejoin(
  parts: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
  ended: boolean,
): Bytes {
  try {
    yield* parts;
    while (!ended) {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else yield next.value;
    }
  } finally {
    // Closes the file or the response when the reader stops early.
    if (!ended) await iterator.return?.();
  }
}

/** Everything in one piece; `too-large` beyond `limit` bytes. */
export async function readWhole(source: Bytes, limit: number, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    length += part.length;
    if (length > limit) {
      throw new TrawlError('too-large', `${name} is larger than ${limit} bytes`);
    }
    parts.push(part);
  }
  return concat(parts, length);
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
