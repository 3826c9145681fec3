/** libjpeg-turbo as libjpeg.c offers it. */
import { Codec, type CodecExports, started } from '../../worker/codec.ts';

export interface Libjpeg extends CodecExports {
  /** Address of RGB, as stored; 0 when wasm-vips is to decode it, or there is no memory. */
  pixels(data: number, length: number, width: number, height: number): number;
}

export const libjpeg = new Codec<Libjpeg>('libjpeg.wasm', started);
