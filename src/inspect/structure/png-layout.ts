/** How the pixels of a PNG (W3C, third edition) lie in its inflated data. */

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
}

export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;
export const RGB_ALPHA = 6;

/** Channels and allowed depths by colour type (table 8 of the specification). */
export const COLOR_TYPES: Readonly<
  Record<number, { channels: number; depths: readonly number[] }>
> = {
  [GREY]: { channels: 1, depths: [1, 2, 4, 8, 16] },
  [RGB]: { channels: 3, depths: [8, 16] },
  [PALETTE]: { channels: 1, depths: [1, 2, 4, 8] },
  [GREY_ALPHA]: { channels: 2, depths: [8, 16] },
  [RGB_ALPHA]: { channels: 4, depths: [8, 16] },
};

/** First column and row, and steps, of the seven passes of Adam7. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** A grid of pixels that is stored as a picture of its own: all of them, or one pass of Adam7. */
export interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  /** Pixels a row, and rows; neither is 0. */
  readonly width: number;
  readonly height: number;
  /** Bytes a row, without the filter type before it. */
  readonly rowBytes: number;
}

export function bitsPerPixel({ colorType, depth }: PngHeader): number {
  return COLOR_TYPES[colorType]!.channels * depth;
}

/** In the order in which they are stored. */
export function passesOf(header: PngHeader): Pass[] {
  const bits = bitsPerPixel(header);
  const grids = header.interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return grids
    .map(([left, top, stepX, stepY]) => {
      const width = Math.ceil((header.width - left) / stepX);
      const height = Math.ceil((header.height - top) / stepY);
      return { left, top, stepX, stepY, width, height, rowBytes: Math.ceil((width * bits) / 8) };
    })
    .filter(({ width, height }) => width > 0 && height > 0);
}

/** Bytes of all rows with their filter type, before compression. */
export function filteredSize(header: PngHeader): number {
  return passesOf(header).reduce((sum, { height, rowBytes }) => sum + height * (1 + rowBytes), 0);
}
