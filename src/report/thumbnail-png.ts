/** The small picture that the catalog keeps of every image, dropped ones included, as a PNG. */
import { crc32, deflateSync } from 'node:zlib';
import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../inspect/thumbnail.ts';

/** A `data:` address; undefined for bytes that are no thumbnail. The picture is square, whatever the image was. */
export function thumbnailUrl(thumbnail: Uint8Array): string | undefined {
  if (thumbnail.length !== THUMBNAIL_BYTES) return undefined;
  return `data:image/png;base64,${png(thumbnail).toString('base64')}`;
}

function png(thumbnail: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(LUMA_SIDE, 0);
  header.writeUInt32BE(LUMA_SIDE, 4);
  // 8 bits a sample, RGB.
  header.set([8, 2], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(scanlines(thumbnail))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of RGB, each after its filter type 0. */
function scanlines(thumbnail: Uint8Array): Uint8ClampedArray {
  const cbAt = LUMA_SIDE * LUMA_SIDE;
  const crAt = cbAt + CHROMA_SIDE * CHROMA_SIDE;
  const rows = new Uint8ClampedArray(LUMA_SIDE * (1 + LUMA_SIDE * 3));
  let to = 0;
  for (let y = 0; y < LUMA_SIDE; y++) {
    rows[to++] = 0;
    for (let x = 0; x < LUMA_SIDE; x++) {
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
