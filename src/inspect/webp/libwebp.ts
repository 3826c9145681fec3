/** libwebp as libwebp.c offers it. */
import type { PixelExports } from '../reduce/mod.ts';
import { Codec, started } from '../worker/codec.ts';

export interface Libwebp extends PixelExports {
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
}

export const libwebp = new Codec<Libwebp>('libwebp.wasm', started);
