import type { ImageFormat } from '../model.ts';
import type { CandidateImage } from './image.ts';

/**
 * How much of the original a format keeps: 3 a drawing (any size), 2 every pixel, 1 lossy, 0 at
 * most 256 colours. WebP, JPEG XL and JPEG 2000 can be lossless too, which their headers alone do
 * not tell; their greater length then decides.
 */
const FIDELITY: Readonly<Record<ImageFormat, 0 | 1 | 2 | 3>> = {
  svg: 3,
  png: 2,
  tiff: 2,
  bmp: 2,
  psd: 2,
  qoi: 2,
  pnm: 2,
  tga: 2,
  hdr: 2,
  exr: 2,
  farbfeld: 2,
  jpeg: 1,
  webp: 1,
  avif: 1,
  jxl: 1,
  heic: 1,
  jp2: 1,
  dds: 1,
  gif: 0,
  ico: 0,
  cur: 0,
};

export type Ranked = Pick<
  CandidateImage,
  'sha256' | 'name' | 'format' | 'width' | 'height' | 'bytes'
>;

/**
 * Orders copies of one picture, the one to keep first: larger area, then less compressed (format,
 * then bytes, which at equal area are the bytes per pixel), then the shorter name (`photo.jpg`
 * before `photo (1).jpg`), then the name itself, then the hash: a total order, so that the kept
 * copy is a function of the set.
 */
export function compareCopies(a: Ranked, b: Ranked): number {
  return (
    b.width * b.height - a.width * a.height ||
    FIDELITY[b.format] - FIDELITY[a.format] ||
    b.bytes - a.bytes ||
    compareNames(a.name, b.name) ||
    compareText(a.sha256, b.sha256)
  );
}

export function compareNames(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

/** By code units: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
