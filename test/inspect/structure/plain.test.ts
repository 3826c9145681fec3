/** Formats that are kept undecoded. */

import { describe, expect, it } from 'vitest';
import { be16, be32, bytes, le32 } from '../../../fixtures/assemble.ts';
import { inspectStructure } from '../../../src/inspect/structure/mod.ts';

const psd = (...rest: Parameters<typeof bytes>) =>
  bytes('8BPS', be16(1), new Uint8Array(6), be16(3), be32(20), be32(30), be16(8), be16(3), ...rest);
const exr = (first: number) =>
  bytes(
    '\x76\x2f\x31\x01',
    le32(2),
    'dataWindow\0box2i\0',
    le32(16),
    ...[10, 10, 39, 29].map(le32),
    '\0',
    le32(first),
    le32(0),
    new Uint8Array(40),
  );

describe.each([
  ['psd', psd(be32(0), be32(0), be32(0), be16(0)), psd(be32(0), be32(99))],
  [
    'qoi',
    bytes('qoif', be32(30), be32(20), [3, 0], Array(10).fill(0xfb), '\0\0\0\0\0\0\0\x01'),
    bytes('qoif', be32(30), be32(20), [3, 0], [0xfb], '\0\0\0\0\0\0\0\x01'),
  ],
  [
    'pnm',
    bytes('P5 # grey\n30 20\n255\n', new Uint8Array(600)),
    bytes('P5\n30 20\n255\n', new Uint8Array(599)),
  ],
  ['pnm', bytes('P4\n30 20\n', new Uint8Array(80)), bytes('P4\n30 20\n', new Uint8Array(79))],
  [
    'pnm',
    bytes(
      'P7\nWIDTH 30\nHEIGHT 20\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n',
      new Uint8Array(2400),
    ),
    bytes('P7\nWIDTH 30\nHEIGHT 20\nDEPTH 4\nMAXVAL 255\nENDHDR\n'),
  ],
  ['pnm', bytes('PF\n30 20\n-1.0\n', new Uint8Array(7200)), bytes('PF\n30 20\n-1.0\n')],
  [
    'farbfeld',
    bytes('farbfeld', be32(30), be32(20), new Uint8Array(4800)),
    bytes('farbfeld', be32(30), be32(20)),
  ],
  [
    'hdr',
    bytes('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 20 +X 30\n', new Uint8Array(200)),
    bytes('#?RADIANCE\n\n-Y 20 +X 30\n'),
  ],
  [
    'dds',
    bytes(
      'DDS |\0\0\0',
      le32(0),
      le32(20),
      le32(30),
      new Uint8Array(64),
      'DXT1',
      new Uint8Array(400),
    ),
    bytes(
      'DDS |\0\0\0',
      le32(0),
      le32(20),
      le32(30),
      new Uint8Array(64),
      'DXT1',
      new Uint8Array(100),
    ),
  ],
  ['exr', exr(60), exr(5000)],
  [
    'jp2',
    bytes(
      '\xff\x4f\xff\x51',
      be16(47),
      be16(0),
      ...[32, 23, 2, 3].map(be32),
      new Uint8Array(16),
      be16(3),
      [7, 1, 1],
      '\xff\xd9',
    ),
    bytes(
      '\xff\x4f\xff\x51',
      be16(47),
      be16(0),
      ...[32, 23, 2, 3].map(be32),
      new Uint8Array(16),
      be16(3),
      [7, 1, 1],
    ),
  ],
])('%s', (format, whole, cut) => {
  it('tells its size, and whether it ends early', () => {
    expect(inspectStructure(whole)).toMatchObject({
      format,
      width: 30,
      height: 20,
      state: 'whole',
    });
    expect(inspectStructure(cut).state).toBe('truncated');
  });

  it('is refused where it ends within its header', () => {
    const head = whole.subarray(0, format === 'pnm' ? 8 : 12);
    expect(() => inspectStructure(head)).toThrow(/ends within its header/);
  });
});
