export type { TakeRow, Unpacker } from './unpacker.ts';

import { DEFLATE, DEFLATE_OLD, LZW, PACK_BITS, PLAIN } from '../parts.ts';
import { deflate } from './deflate.ts';
import { lzw } from './lzw.ts';
import { packBits } from './pack-bits.ts';
import { plain } from './plain.ts';
import type { Unpacker } from './unpacker.ts';

/** By the number of the compression. */
export const UNPACKERS: Readonly<Record<number, Unpacker>> = {
  [PLAIN]: plain,
  [LZW]: lzw,
  [DEFLATE]: deflate,
  [DEFLATE_OLD]: deflate,
  [PACK_BITS]: packBits,
};
