/** Recognises images by their first bytes. Only whether: which format it is, inspect/ finds out. */

/** Offset and Latin-1 text of the marks in the formats' own specifications. */
const MARKS: readonly (readonly [offset: number, mark: string])[] = [
  [0, '\xff\xd8\xff'], // JPEG
  [0, '\x89PNG\r\n\x1a\n'],
  [0, 'GIF87a'],
  [0, 'GIF89a'],
  [0, 'II*\0'], // TIFF
  [0, 'MM\0*'],
  [0, 'II+\0'], // BigTIFF
  [0, 'MM\0+'],
  [0, '\0\0\x01\0'], // ICO
  [0, '\0\0\x02\0'], // CUR
  [0, '8BPS\0'], // PSD
  [0, '\xff\x0a'], // JPEG XL, bare
  [0, '\0\0\0\x0cJXL \r\n\x87\n'],
  [0, '\0\0\0\x0cjP  \r\n\x87\n'], // JPEG 2000
  [0, '\xff\x4f\xff\x51'],
  [0, 'qoif'],
  [0, 'farbfeld'],
  [0, 'DDS |\0\0\0'],
  [0, '#?RADIANCE'],
  [0, '#?RGBE'],
  [0, 'v/1\x01'], // OpenEXR
];

/** Brands of ISO base media files that are still images (HEIF, AVIF). */
const BRANDS = new Set(['avif', 'avis', 'heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1']);

export function looksLikeImage(head: Uint8Array): boolean {
  if (MARKS.some(([offset, mark]) => ascii(head, offset, mark.length) === mark)) return true;
  if (ascii(head, 0, 4) === 'RIFF') return ascii(head, 8, 4) === 'WEBP';
  if (ascii(head, 4, 4) === 'ftyp') return BRANDS.has(ascii(head, 8, 4));
  // BMP: two letters are little evidence, so the size of its second header must be a known one.
  if (ascii(head, 0, 2) === 'BM') return [12, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0);
  return /^P[1-7]\s+(?:#[^\n]*\n\s*)*(?:\d+\s+\d+\s|WIDTH )/.test(ascii(head, 0, 512));
}

function ascii(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
