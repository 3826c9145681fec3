import type { ImageFormat } from '../model.ts';

/** What deduplication needs to know of an image: a fact sheet, never the bytes. */
export interface CandidateImage {
  /** Of the bytes, lower-case hex: the identity. */
  readonly sha256: string;
  /** What decides between copies that are equal in all else: a file name, a path, an address. */
  readonly name: string;
  readonly format: ImageFormat;
  /** Pixels, as stored. */
  readonly width: number;
  readonly height: number;
  /** Length of the file. */
  readonly bytes: number;
  /** EXIF orientation, 1–8; absent is 1. */
  readonly orientation?: number;
  /** Frames of an animation, pages of a TIFF; absent is 1. */
  readonly frames?: number;
  /** 64 hex digits; without it only exact copies are found. */
  readonly pdq?: string;
  /** PDQ quality, 0–100. */
  readonly quality?: number;
  /** Laid out as inspect/thumbnail.ts says. */
  readonly thumbnail?: Uint8Array;
}

/** An image of an earlier run: kept or dropped, both decide about later ones. */
export interface KnownImage extends CandidateImage {
  /**
   * sha256 of the kept copy it was dropped for; absent for a kept one. It ties the two together
   * even when they would not match today (other threshold, hash missing): what is no longer on the
   * disk cannot be kept again.
   */
  readonly duplicateOf?: string;
}

/** Width by height as shown, in pixels. */
export function shownSize(
  image: Pick<CandidateImage, 'width' | 'height' | 'orientation'>,
): readonly [number, number] {
  return (image.orientation ?? 1) >= 5 ? [image.height, image.width] : [image.width, image.height];
}
