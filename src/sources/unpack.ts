/** Undoes gzip and zstd as the bytes flow, and stops what unpacks to absurd lengths. */

import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { TrawlError } from '../errors.ts';
import { type Bytes, peek, unreadable } from './bytes.ts';

export interface UnpackLimits {
  /** Bytes out for one byte in. Default 250: lists of addresses reach 50, deflate's own end is 1032. */
  readonly maxRatio: number;
  /** Bytes out before the ratio counts. Default 64 MiB: a small repetitive file does no harm. */
  readonly graceBytes: number;
  /** Bytes out in all. Default 64 GiB. */
  readonly maxBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = {
  maxRatio: 250,
  graceBytes: 64 * 1024 ** 2,
  maxBytes: 64 * 1024 ** 3,
};

/** A list packed twice is a mistake someone made; packed more often, it is an attack. */
const MAX_LAYERS = 3;

type Packing = 'gzip' | 'zstd';

export function packingOf(head: Uint8Array): Packing | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  return undefined;
}

/** The plain bytes, whatever they were packed in. Errors: `source-unreadable`, `too-large`. */
export async function unpack(
  source: Bytes,
  name: string,
  limits: UnpackLimits = UNPACK_LIMITS,
): Promise<Bytes> {
  let bytes = source;
  for (let layer = 0; ; layer++) {
    const { head, all } = await peek(bytes, 4);
    const packing = packingOf(head);
    if (packing === undefined) return all;
    if (layer === MAX_LAYERS) {
      throw new TrawlError('source-unreadable', `${name} is packed more than ${MAX_LAYERS} times`);
    }
    bytes = unpackOne(all, packing, name, limits);
  }
}

async function* unpackOne(
  source: Bytes,
  packing: Packing,
  name: string,
  limits: UnpackLimits,
): Bytes {
  let packed = 0;
  let plain = 0;
  async function* counted(): Bytes {
    for await (const chunk of source) {
      packed += chunk.length;
      yield chunk;
    }
  }
  // Node's gunzip rather than the web's DecompressionStream, which ends after the first of several
  // members: `cat a.gz b.gz` and what bgzip writes would be cut.
  const options = { chunkSize: 256 * 1024 };
  const unpacker =
    packing === 'gzip' ? zlib.createGunzip(options) : zlib.createZstdDecompress(options);
  const input = Readable.from(counted(), { objectMode: false, highWaterMark: 64 * 1024 });
  input.on('error', (error) => unpacker.destroy(error));
  input.pipe(unpacker);
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      plain += chunk.length;
      const bomb = plain > limits.graceBytes && plain > packed * limits.maxRatio;
      if (bomb || plain > limits.maxBytes) {
        const message = `${name} unpacks to more than ${plain} bytes from ${packed}; refused`;
        throw new TrawlError('too-large', message);
      }
      yield chunk;
    }
  } catch (error) {
    throw unreadable(name, error);
  } finally {
    input.destroy();
    unpacker.destroy();
  }
}
