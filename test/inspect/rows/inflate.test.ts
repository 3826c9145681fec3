/** The core's inflate beside zlib, on streams of every kind, whole and broken. */
import { constants, deflateRawSync, deflateSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../fixtures/assemble.ts';
import { random } from '../../../fixtures/photo.ts';
import { inflate, inflateRooms } from '../../../src/inspect/rows/inflate.ts';
import { takeRooms } from '../../../src/inspect/rows/memory.ts';
import { asStream, Deflate, DISTANCES, LITERALS, type Token } from './deflate.ts';

/** Undefined when it is not whole. */
function inflated(...stream: readonly Uint8Array[]): Uint8Array | undefined {
  return inflatedRows(stream, 1);
}

/** Read in rows of so many bytes: what is less is left until more has come. */
function inflatedRows(stream: readonly Uint8Array[], row: number): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  const whole = inflate(stream, takeRooms(inflateRooms(row)), (data) => {
    const done = data.length - (data.length % row);
    parts.push(data.slice(0, done));
    return done;
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

/** Lengths of `count` codes that leave nothing over, up to 15 bits. */
function lengthsOf(count: number, next: () => number): number[] {
  const deep = next();
  const lengths = [1, 1];
  while (lengths.length < count) {
    const at = next() < deep ? lengths.length - 1 : Math.floor(next() * lengths.length);
    if (lengths[at] === 15) {
      lengths.sort(() => next() - 0.5);
      continue;
    }
    lengths.push(++lengths[at]!);
  }
  return lengths.sort(() => next() - 0.5);
}

/** @param before bytes that are there already */
function tokensOf(count: number, before: number, next: () => number): Token[] {
  const below = (n: number) => Math.floor(next() * n);
  const many = next();
  const tokens: Token[] = [];
  for (let at = before; tokens.length < count; ) {
    if (at === 0 || next() < many) {
      tokens.push(below(256));
      at++;
      continue;
    }
    const most = Math.min(at, [40, 400, 32_768][below(3)]!);
    const length = [3 + below(8), 3 + below(256), 258][below(3)]!;
    tokens.push([length, next() < 0.1 ? most : 1 + below(most)]);
    at += length;
  }
  return tokens;
}

test('blocks of any kinds and codes hold what zlib says they do', () => {
  const next = random(15);
  for (let i = 0; i < 150; i++) {
    const deflate = new Deflate();
    const blocks = 1 + Math.floor(next() * 6);
    for (let block = 1, bytes = 0; block <= blocks; block++) {
      const last = block === blocks;
      const kind = Math.floor(next() * 3);
      if (kind === 0) {
        const data = Uint8Array.from({ length: next() * 3000 }, () => next() * 256);
        deflate.stored(data, last);
        bytes += data.length;
        continue;
      }
      const tokens = tokensOf(next() * 2000, bytes, next);
      const codes = [lengthsOf(LITERALS, next), lengthsOf(DISTANCES, next)] as const;
      deflate.codes(tokens, last, kind === 1 ? undefined : [codes[0], codes[1]]);
      for (const token of tokens) bytes += typeof token === 'number' ? 1 : token[0];
    }
    const stream = asStream(deflate.raw());
    expectSame(inflated(stream), new Uint8Array(inflateSync(stream)));
  }
});

test('strings are repeated at every small distance and the largest, at every length', () => {
  const next = random(32);
  const start = Array.from({ length: 32_768 }, () => Math.floor(next() * 256));
  const distances = [...Array.from({ length: 48 }, (_, i) => 1 + i), 32_767, 32_768];
  const tokens: Token[] = [...start];
  for (const distance of distances) {
    for (let length = 3; length <= 258; length++) tokens.push([length, distance], length & 255);
  }
  const stream = asStream(new Deflate().codes(tokens, true).raw());
  expectSame(inflated(stream), new Uint8Array(inflateSync(stream)));
});

test('a string that begins before the data is refused', () => {
  for (const distance of [1, 2, 3, 4, 17, 32_768]) {
    const raw = new Deflate().codes([7, 7, 7, [3, distance]], true).raw();
    const stream = bytes([0x78, 0x9c], raw, [0, 40, 0, 8]);
    expectSame(inflated(stream), byZlib(stream));
  }
});

test('a block may end anywhere near the end of the room', () => {
  const room = inflateRooms(0)[1]!;
  const stored = Uint8Array.from({ length: 65_000 }, (_, i) => i % 251);
  // It takes up to three literals at once.
  for (const before of [stored, stored.subarray(1), stored.subarray(2)]) {
    for (let end = room - 300; end <= room - 250; end++) {
      const literals = Array.from({ length: end - before.length }, (_, i) => i & 127);
      const deflate = new Deflate().stored(before, false).codes(literals, false);
      const stream = asStream(deflate.stored(stored, true).raw());
      expectSame(inflated(stream), new Uint8Array(inflateSync(stream)));
    }
  }
});

test('data that are cut anywhere are refused', () => {
  const next = random(4);
  const lengths = [lengthsOf(LITERALS, next), lengthsOf(DISTANCES, next)] as const;
  const deflate = new Deflate()
    .codes(tokensOf(60, 0, next), false, [lengths[0], lengths[1]])
    .stored(
      Uint8Array.from({ length: 30 }, () => next() * 256),
      false,
    )
    .codes(tokensOf(60, 30, next), true);
  const stream = asStream(deflate.raw());
  expect(inflated(stream)).toBeDefined();
  for (let end = 0; end < stream.length; end++) {
    expect(inflated(stream.subarray(0, end))).toBeUndefined();
    // What is left may look like a checksum, but of other data.
    const cut = bytes(stream.subarray(0, Math.max(2, end)), stream.subarray(-4));
    expectSame(inflated(cut), byZlib(cut));
  }
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

test('a stream may be cut into parts anywhere', () => {
  const next = random(50);
  for (let i = 0; i < 200; i++) {
    const data = content(next).subarray(0, 70_000);
    const stream = deflateSync(data);
    const longest = [1, 3, 900][Math.floor(3 * next())]!;
    const parts: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += parts.at(-1)!.length) {
      const length = Math.floor(next() * (longest + 1));
      parts.push(stream.subarray(at, at + length), stream.subarray(at + length, at + length + 1));
      at += parts.at(-2)!.length;
    }
    expectSame(inflated(...parts), data);
    expect(inflated(...parts.slice(0, -2))).toBeUndefined();
  }
});

test('what is not read yet comes again, before what follows', () => {
  const next = random(60);
  for (const row of [2, 999, 20_000, 32_767, 32_768, 50_000, 200_000]) {
    for (let i = 0; i < 8; i++) {
      const noise = content(next);
      const count = Math.floor((4 * noise.length) / row);
      const data = bytes(noise, noise, noise, noise).subarray(0, count * row);
      expectSame(inflatedRows([deflateSync(data)], row), data);
      expect(inflatedRows([deflateSync(bytes(data, [1]))], row)).toBeUndefined();
    }
  }
});

test('a wrong checksum, and bytes behind the end, are refused', () => {
  const stream = deflateSync('whatever');
  expect(inflated(stream)).toBeDefined();
  expect(inflated(bytes(stream, [0]))).toBeUndefined();
  expect(inflated(bytes(stream.subarray(0, -1), [stream.at(-1)! ^ 1]))).toBeUndefined();
  expect(inflated(deflateRawSync('whatever'))).toBeUndefined();
});
