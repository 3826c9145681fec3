/** libwebp as libwebp.c offers it. */
import { Codec, type CodecExports, started } from '../worker/codec.ts';

export interface Libwebp extends CodecExports {
  /** Address of three planes of floats; 0 when it cannot be decoded, or there is no memory. */
  means(
    data: number,
    length: number,
    width: number,
    height: number,
    acrossSide: number,
    downSide: number,
    weights: number,
  ): number;
  /** Address of RGB, as stored; 0 when wasm-vips is to decode it, or there is no memory. */
  pixels(data: number, length: number, width: number, height: number): number;
}

export const libwebp = new Codec<Libwebp>('libwebp.wasm', started);
