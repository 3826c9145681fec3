/** What the header tells, and what follows from it alone. */
import { TrawlError } from '../errors.ts';
import type { Inspection } from '../model.ts';
import { inspectStructure, type Structure } from './structure/mod.ts';

/**
 * Looks at an image without decoding it, on the calling thread: enough when only exact duplicates
 * count. Throws a TrawlError (`not-an-image`, `empty-body`, `truncated`, `damaged`, `too-many-pixels`).
 */
export function inspectHeader(bytes: Uint8Array, maxPixels = 100e6): Inspection {
  const structure = inspectStructure(bytes);
  checkPixels(structure, maxPixels);
  checkState(structure);
  return headerOf(structure);
}

export function headerOf(structure: Structure): Inspection {
  const { format, width, height, orientation, frames, profile } = structure;
  return {
    format,
    width,
    height,
    ...(orientation !== undefined && { orientation }),
    ...(frames !== undefined && { frames }),
    ...(profile !== undefined && { profile }),
  };
}

/** Refuses an image before any pixel is decoded. */
export function checkPixels(structure: Structure, maxPixels: number): void {
  const { width, height, frames = 1, embeddedPixels = 0 } = structure;
  const refuse = (what: string) => {
    const limit = `${Math.round(maxPixels / 1e4) / 100} megapixels`;
    throw new TrawlError('too-many-pixels', `${what} pixels, the limit is ${limit}`);
  };
  if (width * height * frames > maxPixels) {
    refuse(`The image has ${width} × ${height}${frames > 1 ? ` × ${frames} frames of` : ''}`);
  }
  if (embeddedPixels > maxPixels) refuse(`The image holds a picture of ${embeddedPixels}`);
}

/** Refuses an image whose structure says that it is cut short or broken. */
export function checkState({ state, format, detail }: Structure): void {
  if (state === 'whole') return;
  throw new TrawlError(state, detail ?? `The ${format} is ${state}`);
}
