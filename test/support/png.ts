/** PNGs without a library, so that a test has as many and as large ones as it needs at once. */
import { crc32, deflateSync } from 'node:zlib';

const pixels = new Map<number, Buffer>();

/**
 * A square picture. `number` stands in a chunk of `padding` bytes that no decoder reads: files of
 * different numbers hold the same picture, and are different files.
 */
export function png(side: number, number: number, padding = 4): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, side);
  header.setUint32(4, side);
  header.setUint32(8, 0x08020000); // 8 bits a sample, RGB
  const comment = new DataView(new ArrayBuffer(Math.max(4, padding)));
  comment.setUint32(0, number);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('teSt', new Uint8Array(comment.buffer)),
    chunk('IDAT', pixelsOf(side)),
    chunk('IEND', new Uint8Array()),
  ]);
}

function pixelsOf(side: number): Buffer {
  const known = pixels.get(side);
  if (known) return known;
  const rows = new Uint8Array(side * (1 + side * 3));
  for (let y = 0, at = 0; y < side; y++) {
    rows[at++] = 0;
    for (let x = 0; x < side; x++) {
      rows[at++] = (x * 255) / side;
      rows[at++] = (y * 255) / side;
      rows[at++] = (x * y) >> 8;
    }
  }
  const data = deflateSync(rows, { level: 1 });
  pixels.set(side, data);
  return data;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const around = Buffer.alloc(4);
  around.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([around, body, sum]);
}
