/** Every pixel of an image, without wasm-vips: for textures, whose hash is decided by how pixels are rounded. */
import { digestGif } from '../gif/mod.ts';
import { digestWholeJpeg } from '../jpeg/whole/mod.ts';
import { digestPng } from '../png/mod.ts';
import { digestRows } from '../reduce/mod.ts';
import type { Structure } from '../structure/mod.ts';
import { digestTiff } from '../tiff/mod.ts';
import { digestWholeWebp } from '../webp/mod.ts';
import type { Digest } from './picture.ts';

/** Returns undefined when wasm-vips is to decode it. */
export async function readWholeHere(
  bytes: Uint8Array<ArrayBuffer>,
  structure: Structure,
): Promise<Digest | undefined> {
  const { format, orientation } = structure;
  if (format === 'jpeg') return digestWholeJpeg(bytes, structure);
  if (format === 'webp') return digestWholeWebp(bytes, structure);
  if (!hasPlainRows(structure)) return undefined;
  if (format === 'png') return digestRows((way) => digestPng(bytes, way));
  if (format === 'gif') return digestRows((way) => digestGif(bytes, way));
  if (format === 'tiff') return digestRows((way) => digestTiff(bytes, orientation, way));
  return undefined;
}

/** Pixels a side that reduce/ takes. */
const LARGEST = 65_535;

/** From top to bottom, of 8 bits at most. */
function hasPlainRows({ width, height, bitDepth = 8, progressive }: Structure): boolean {
  return Math.max(width, height) <= LARGEST && bitDepth <= 8 && !progressive;
}
