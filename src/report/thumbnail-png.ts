/** The small picture that the catalog keeps of every image, dropped ones included, as a PNG. */
import { crc32, deflateSync } from 'node:zlib';
import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../inspect/thumbnail.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * A `data:` address; undefined for bytes that are no thumbnail. The thumbnail is square whatever the
 * image was, so its shorter side is squeezed again.
 * @param shape of the image as shown, in any unit
 */
export function thumbnailUrl(thumbnail: Uint8Array, shape: Size): string | undefined {
  if (thumbnail.length !== THUMBNAIL_BYTES) return undefined;
  const scale = LUMA_SIDE / Math.max(shape.width, shape.height, 1);
  const width = Math.max(1, Math.round(shape.width * scale));
  const height = Math.max(1, Math.round(shape.height * scale));
  const bytes = png(scanlines(thumbnail, { width, height }), { width, height });
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

function png(rows: Uint8ClampedArray, { width, height }: Size): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a sample, RGB.
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of RGB, each after its filter type 0. */
function scanlines(thumbnail: Uint8Array, { width, height }: Size): Uint8ClampedArray {
  const cbAt = LUMA_SIDE * LUMA_SIDE;
  const crAt = cbAt + CHROMA_SIDE * CHROMA_SIDE;
  const rows = new Uint8ClampedArray(height * (1 + width * 3));
  let to = 0;
  for (let row = 0; row < height; row++) {
    const y = Math.floor(((row + 0.5) * LUMA_SIDE) / height);
    rows[to++] = 0;
    for (let column = 0; column < width; column++) {
      const x = Math.floor(((column + 0.5) * LUMA_SIDE) / width);
      const luma = thumbnail[y * LUMA_SIDE + x] as number;
      const cb = chroma(thumbnail, cbAt, x, y);
      const cr = chroma(thumbnail, crAt, x, y);
      // ITU-T T.871 (JPEG's YCbCr).
      rows[to++] = luma + 1.402 * cr;
      rows[to++] = luma - 0.344136 * cb - 0.714136 * cr;
      rows[to++] = luma + 1.772 * cb;
    }
  }
  return rows;
}

function chroma(thumbnail: Uint8Array, plane: number, x: number, y: number): number {
  const scale = CHROMA_SIDE / LUMA_SIDE;
  const at = plane + Math.floor(y * scale) * CHROMA_SIDE + Math.floor(x * scale);
  return (thumbnail[at] as number) - 128;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
