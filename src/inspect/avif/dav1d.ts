/** dav1d as dav1d.c offers it. */
import { Codec, type CodecExports, started } from '../worker/codec.ts';

export interface Dav1d extends CodecExports {
  /** Which: 0 the picture, 1 its alpha. 0 when all went well. */
  decode(which: number, data: number, length: number, pixels: number): number;
  fact(which: number, what: number): number;
  /** Address of as many planes of floats as there are rows of weights; 0 when there is no memory. */
  means(acrossSide: number, downSide: number, weights: number, rows: number): number;
  /** Lets go of both pictures. */
  release(): void;
}

/** What of a picture can be asked, in the order of dav1d.c. */
export const FACTS = { width: 0, height: 1, layout: 2, depth: 3, matrix: 4, fullRange: 5 } as const;

/** Of `layout`: there is no colour, or as many samples of it as of light. */
export const GREY = 0;
export const FULL_COLOR = 3;

export const dav1d = new Codec<Dav1d>('dav1d.wasm', started);
