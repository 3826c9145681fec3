/** Files assembled byte by byte, so that each test can get one part wrong. */

import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

type Part = string | number[] | Uint8Array;

/** Latin-1 text, bytes and arrays, one behind the other. */
export function bytes(...parts: Part[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    Buffer.concat(
      parts.map((p) => (typeof p === 'string' ? Buffer.from(p, 'latin1') : Uint8Array.from(p))),
    ),
  );
}

export function fixture(name: string): Uint8Array<ArrayBuffer> {
  return bytes(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}

export const be32 = (n: number) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
export const be16 = (n: number) => [(n >>> 8) & 255, n & 255];
export const le32 = (n: number) => be32(n).reverse();
export const le16 = (n: number) => be16(n).reverse();

export function chunk(type: string, data: Part = ''): Uint8Array {
  const body = bytes(type, data);
  return bytes(be32(body.length - 4), body, be32(crc32(body)));
}

export interface PngOptions {
  width?: number;
  height?: number;
  depth?: number;
  color?: number;
  interlace?: number;
  before?: Uint8Array[];
  end?: Part;
  /** Into how many IDAT chunks the data is split. */
  parts?: number;
}

export const SIGNATURE = '\x89PNG\r\n\x1a\n';

/** An RGB picture of 8 bits unless told otherwise; not interlaced data when `interlace` is set. */
export function png(options: PngOptions = {}): Uint8Array<ArrayBuffer> {
  const { width = 20, height = 10, depth = 8, color = 2, interlace = 0, parts = 1 } = options;
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[color] ?? 1;
  const row = 1 + Math.ceil((width * channels * depth) / 8);
  const raw = Uint8Array.from({ length: row * height }, (_, i) =>
    i % row === 0 ? 0 : (i * 37) & 255,
  );
  const data = deflateSync(raw);
  const step = Math.ceil(data.length / parts);
  const idat = Array.from({ length: parts }, (_, i) =>
    chunk('IDAT', data.subarray(i * step, (i + 1) * step)),
  );
  const header = chunk('IHDR', bytes(be32(width), be32(height), [depth, color, 0, 0, interlace]));
  const { before = [], end = chunk('IEND') } = options;
  return bytes(SIGNATURE, header, ...before, ...idat, end);
}

/** An image block of uncompressed-like LZW data: a clear code before each pixel. */
export function gifFrame(left: number, top: number, width: number, height: number): Uint8Array {
  let bits = 0n;
  let at = 0n;
  const put = (code: bigint) => {
    bits |= code << at;
    at += 3n;
  };
  for (let i = 0; i < width * height; i++) {
    put(4n);
    put(0n);
  }
  put(5n);
  const data: number[] = [];
  for (let rest = bits, n = Number((at + 7n) / 8n); n > 0; n--, rest >>= 8n)
    data.push(Number(rest & 255n));
  const blocks: Part[] = [];
  for (let i = 0; i < data.length; i += 255) {
    const block = data.slice(i, i + 255);
    blocks.push([block.length], block);
  }
  const place = [...le16(left), ...le16(top), ...le16(width), ...le16(height), 0];
  return bytes(',', place, [2], ...blocks, [0]);
}

export function gif(width: number, height: number, ...blocks: Part[]): Uint8Array<ArrayBuffer> {
  return bytes('GIF89a', le16(width), le16(height), [0x81, 0, 0], new Uint8Array(12), ...blocks);
}

export interface BmpOptions {
  width?: number;
  height?: number;
  bits?: number;
  compression?: number;
  colors?: number;
  /** Length of the second header: 40 and more. */
  header?: number;
  palette?: Part;
  data?: Part;
}

export function bmp(options: BmpOptions = {}): Uint8Array<ArrayBuffer> {
  const { width = 6, height = 4, bits = 24, compression = 0, colors = 0, header = 40 } = options;
  const rows = Math.ceil((width * bits) / 32) * 4 * Math.abs(height);
  const { palette = '', data = new Uint8Array(rows) } = options;
  const offset = 14 + header + palette.length;
  const fields = [le32(header), le32(width), le32(height), le16(1), le16(bits), le32(compression)];
  const more = [le32(0), le32(2835), le32(2835), le32(colors), le32(0)];
  const second = bytes(bytes(...fields, ...more), new Uint8Array(Math.max(0, header - 40)));
  return bytes('BM', le32(offset + data.length), le32(0), le32(offset), second, palette, data);
}

export function icon(kind: 1 | 2, entries: { width: number; height: number; data: Uint8Array }[]) {
  let offset = 6 + 16 * entries.length;
  const directory = entries.map(({ width, height, data }) => {
    const entry = bytes(
      [width & 255, height & 255, 0, 0],
      le16(1),
      le16(32),
      le32(data.length),
      le32(offset),
    );
    offset += data.length;
    return entry;
  });
  return bytes(
    le16(0),
    le16(kind),
    le16(entries.length),
    ...directory,
    ...entries.map((e) => e.data),
  );
}

export function box(type: string, ...content: Part[]): Uint8Array {
  const inner = bytes(...content);
  return bytes(be32(inner.length + 8), type, inner);
}

/** A HEIF file of one item with the given properties; its data is `length` bytes behind `meta`. */
export function heif(
  properties: Uint8Array[],
  { length = 8, brand = 'avif', codec = 'av01', there = 8 } = {},
): Uint8Array<ArrayBuffer> {
  const ftyp = box('ftyp', brand, be32(0), brand, 'mif1');
  const make = (offset: number) =>
    box(
      'meta',
      be32(0),
      box('hdlr', be32(0), be32(0), 'pict', new Uint8Array(13)),
      box('pitm', be32(0), be16(1)),
      box(
        'iloc',
        be32(0),
        [0x44, 0],
        be16(1),
        be16(1),
        be16(0),
        be16(1),
        be32(offset),
        be32(length),
      ),
      box('iinf', be32(0), be16(1), box('infe', [2, 0, 0, 0], be16(1), be16(0), codec, [0])),
      box(
        'iprp',
        box('ipco', ...properties),
        box(
          'ipma',
          be32(0),
          be32(1),
          be16(1),
          [properties.length],
          properties.map((_, i) => i + 1),
        ),
      ),
    );
  const offset = ftyp.length + make(0).length + 8;
  const mdat = box('mdat', new Uint8Array(length)).subarray(0, 8 + there);
  return bytes(ftyp, make(offset), mdat);
}

export const ispe = (width: number, height: number) =>
  box('ispe', be32(0), be32(width), be32(height));

/** A little-endian TIFF: pages of `[tag, value]` LONG entries, each followed by the next. */
export function tiff(pages: [number, number][][], next?: (index: number, at: number[]) => number) {
  const starts: number[] = [];
  let at = 8;
  for (const page of pages) {
    starts.push(at);
    at += 2 + 12 * page.length + 4;
  }
  const directories = pages.map((page, i) =>
    bytes(
      le16(page.length),
      ...page.map(([tag, value]) => bytes(le16(tag), le16(4), le32(1), le32(value))),
      le32(next ? next(i, starts) : (starts[i + 1] ?? 0)),
    ),
  );
  return bytes('II*\0', le32(8), ...directories);
}
