/** The core's inflate beside zlib, on streams of every kind, whole and broken. */
import { constants, deflateRawSync, deflateSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../fixtures/assemble.ts';
import { random } from '../../../fixtures/photo.ts';
import { INFLATE_ROOMS, inflate } from '../../../src/inspect/rows/inflate.ts';
import { takeRooms } from '../../../src/inspect/rows/memory.ts';

/** Undefined when it is not whole. */
function inflated(stream: Uint8Array): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  const whole = inflate(stream, takeRooms(INFLATE_ROOMS), (piece) => {
    parts.push(piece.slice());
    return true;
  });
  return whole ? bytes(...parts) : undefined;
}

function byZlib(stream: Uint8Array): Uint8Array | undefined {
  try {
    // What is behind the end it would not mind.
    const { buffer, engine } = inflateSync(stream, { info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    return engine.bytesWritten === stream.length ? new Uint8Array(buffer) : undefined;
  } catch {
    return undefined;
  }
}

/** Not by toEqual, which takes seconds for all of them. */
function expectSame(ours: Uint8Array | undefined, other: Uint8Array | undefined): void {
  expect(ours?.length).toBe(other?.length);
  expect(ours && Buffer.compare(ours, other!)).toBe(other && 0);
}

/** Noise, runs, and what was there before at any distance. */
function content(next: () => number): Uint8Array {
  const below = (n: number) => Math.floor(next() * n);
  const length = [below(5), below(400), below(200_000)][below(3)]!;
  const out = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    const part = Math.min(length - at, 1 + below([8, 300, 3000][below(3)]!));
    const kind = below(4);
    const distance = 1 + below(Math.min(at, [4, 300, 40_000][below(3)]!));
    const levels = 1 + below(256);
    for (let i = 0; i < part; i++, at++) {
      if (kind === 0 || at < distance) out[at] = below(levels);
      else if (kind === 1) out[at] = out[at - 1]!;
      else out[at] = out[at - distance]!;
    }
  }
  return out;
}

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;
const WAYS: readonly (readonly [name: string, options: ZlibOptions])[] = [
  ['stored', { level: 0 }],
  ['fast', { level: 1 }],
  ['best', { level: 9, strategy: Z_DEFAULT_STRATEGY }],
  ['of fixed codes', { strategy: Z_FIXED }],
  ['without strings', { strategy: Z_HUFFMAN_ONLY }],
  ['of runs', { strategy: Z_RLE }],
  ['of many blocks', { memLevel: 1 }],
  ['of a small window', { windowBits: 9 }],
];

describe.each(WAYS)('streams %s', (name, options) => {
  const next = random(name.length);

  test('hold what was put in', () => {
    for (let i = 0; i < 60; i++) {
      const data = content(next);
      expectSame(inflated(deflateSync(data, options)), data);
    }
  });

  test('are taken when zlib takes them, and nothing else', () => {
    for (let i = 0; i < 200; i++) {
      const stream = new Uint8Array(deflateSync(content(next).subarray(0, 3000), options));
      const broken = stream.slice(0, next() < 0.3 ? Math.floor(next() * stream.length) : undefined);
      // The first bytes of a block say most.
      const near = next() < 0.5 ? 80 : broken.length;
      const at = Math.floor(next() * Math.min(near, broken.length));
      if (next() < 0.8 && broken.length > 0) broken[at]! ^= 1 << Math.floor(next() * 8);
      expectSame(inflated(broken), byZlib(broken));
    }
  });
});

test('any data end, and are what zlib says they are', () => {
  const next = random(77);
  for (let i = 0; i < 3000; i++) {
    const kind = Math.floor(next() * 3);
    const noise = Uint8Array.from({ length: 1 + next() * 300 }, () => next() * 256);
    // A last block of that kind, so that its codes are read.
    noise[0] = (noise[0]! & 0xf8) | (kind << 1) | 1;
    const stream = bytes([0x78, 0x9c], noise, [0, 0, 0, 1]);
    expectSame(inflated(stream), byZlib(stream));
  }
});

test('a wrong checksum, and bytes behind the end, are refused', () => {
  const stream = deflateSync('whatever');
  expect(inflated(stream)).toBeDefined();
  expect(inflated(bytes(stream, [0]))).toBeUndefined();
  expect(inflated(bytes(stream.subarray(0, -1), [stream.at(-1)! ^ 1]))).toBeUndefined();
  expect(inflated(deflateRawSync('whatever'))).toBeUndefined();
});
