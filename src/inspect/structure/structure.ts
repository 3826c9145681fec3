/** What every reader of this folder delivers, and how it says that it cannot. */

import { TrawlError } from '../../errors.ts';
import type { ImageFormat } from '../../model.ts';

/**
 * - `whole`: every part that the file announces is there and is what it says;
 * - `truncated`: the file ends before its own end, what is there is sound;
 * - `damaged`: a part contradicts the format or its checksum.
 */
export type State = 'whole' | 'truncated' | 'damaged';

/** The facts that a file's headers tell. Absent facts are unknown or the plain case. */
export interface Structure {
  readonly format: ImageFormat;
  /** Pixels as stored, before EXIF orientation; never 0. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation, 1–8; absent is 1. */
  readonly orientation?: number;
  /** Frames of an animation, pages of a TIFF, entries of an icon; absent is 1. */
  readonly frames?: number;
  /** The frames are shown one after the other. */
  readonly animated?: boolean;
  /** An ICC profile is embedded. */
  readonly profile?: boolean;
  /** Bits per sample; bits per palette index where there is a palette. */
  readonly bitDepth?: number;
  readonly color?: 'grey' | 'rgb' | 'palette' | 'ycc' | 'cmyk' | 'ycck' | 'lab';
  /** An alpha channel, a transparent colour or a transparent palette entry may occur. */
  readonly alpha?: boolean;
  /** Pixels of the largest picture that an SVG holds as data. */
  readonly embeddedPixels?: number;
  /** Of formats that know both: the first picture is stored without loss. */
  readonly lossless?: boolean;
  /** Progressive JPEG, interlaced PNG or GIF. */
  readonly progressive?: boolean;
  readonly state: State;
  /** What is wrong and where; set when the state is not `whole`. */
  readonly detail?: string;
}

/**
 * Frames of an animation and pages of a TIFF beyond this are refused: decoders visit all of them for
 * the first, some for each again, and nobody looks at so many.
 */
export const MAX_FRAMES = 10_000;

/** The trouble a reader met. The first one counts: what follows it is often its consequence. */
export interface Trouble {
  readonly state: 'truncated' | 'damaged';
  readonly detail: string;
}

export function truncated(detail: string): Trouble {
  return { state: 'truncated', detail };
}

export function damaged(detail: string): Trouble {
  return { state: 'damaged', detail };
}

export function tooManyFrames(): Trouble {
  return damaged(`it has more than ${MAX_FRAMES} frames or pages`);
}

/** `state` and `detail` of a structure. */
export function stateOf(trouble: Trouble | undefined): Pick<Structure, 'state' | 'detail'> {
  return trouble ?? { state: 'whole' };
}

/** The error of a file whose very size cannot be told. */
export function headerCut(format: string, length: number): TrawlError {
  return new TrawlError(
    'truncated',
    `The ${format} ends within its header, after ${length} ${length === 1 ? 'byte' : 'bytes'}.`,
  );
}

export function headerBroken(format: string, detail: string): TrawlError {
  return new TrawlError('damaged', `The ${format} header is unusable: ${detail}.`);
}
