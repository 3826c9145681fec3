import { crc32 as reference } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, crc32Here } from '../../../src/inspect/structure/crc32.ts';

test('CRC-32 is that of zlib, in any part of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(300), (bytes, a, b) => {
      const [from, to] = [Math.min(a, b), Math.min(Math.max(a, b), bytes.length)];
      const expected = reference(bytes.subarray(from, Math.max(from, to)));
      expect(crc32(bytes, from, to)).toBe(expected);
      expect(crc32Here(bytes, from, to)).toBe(expected);
    }),
  );
});
