/** How much memory images make the decoder take, before and after. */
import type { ImageFormat } from '../../model.ts';
import type { Structure } from '../structure/mod.ts';
import { decoderBytes } from './vips.ts';

/**
 * Bytes of WebAssembly memory for each pixel of the whole picture, measured at 12 megapixels
 * (scripts/bench/memory.ts). Most formats are unpacked as a whole, AVIF in several copies; of JPEG only
 * the coefficients are.
 */
const PER_PIXEL: Partial<Record<ImageFormat, number>> = { avif: 20, jxl: 20, jpeg: 6 };
const PER_PIXEL_ELSE = 8;

/**
 * The same of formats that have a decoder of their own, measured at 12 megapixels: of AVIF 4:4:4 4.0,
 * 4:2:0 2.3, of 10 bits 8.7; of lossless WebP 4.6, of lossy WebP with alpha up to 6.2. Those that are missing are
 * read row by row.
 */
const PER_PIXEL_HERE: Partial<Record<ImageFormat, number>> = { avif: 5, webp: 6 };

/** What reading it without wasm-vips will take, at most and about. */
export function bytesToRead({
  format,
  width,
  height,
  bitDepth = 8,
  alpha,
  lossless,
}: Structure): number {
  const each = PER_PIXEL_HERE[format] ?? 0;
  // A lossy one comes row by row; its alpha takes one byte a pixel, or four more while it is decoded.
  if (format === 'webp') return lossless || alpha ? width * height * each : 0;
  return width * height * each * (bitDepth > 8 ? 2 : 1) * (alpha ? 1.5 : 1);
}

/** The same of every pixel: of a progressive JPEG, that is all coefficients; others come row by row as they did. */
export function bytesToReadWhole(structure: Structure): number {
  const { format, width, height, progressive } = structure;
  if (format !== 'jpeg') return bytesToRead(structure);
  return progressive ? width * height * PER_PIXEL.jpeg! : 0;
}

/** What decoding will take, at most and about. */
export function bytesToDecode({ format, width, height, embeddedPixels = 0 }: Structure): number {
  // A drawing is drawn small at once.
  const pixels = format === 'svg' ? embeddedPixels : width * height;
  return pixels * (PER_PIXEL[format] ?? PER_PIXEL_ELSE);
}

/**
 * A decoder whose memory has grown to more is not kept: it never becomes smaller. Replacing one takes half a
 * second; at 192 MB that made AVIF half as dear again, and a mix of all formats took no less memory.
 */
const KEPT_BYTES = 320 * 1024 * 1024;

export function isWorn(): boolean {
  return decoderBytes() > KEPT_BYTES;
}
