/** libjpeg-turbo as libjpeg.c offers it. */
import type { PixelExports } from '../../reduce/mod.ts';
import { Codec, started } from '../../worker/codec.ts';

export const libjpeg = new Codec<PixelExports>('libjpeg.wasm', started);
