import { expect, test } from 'vitest';
import { Carriers } from '../../src/inspect/carriers.ts';

const MB = 1 << 20;
const file = (length: number) => Uint8Array.from({ length }, (_, i) => i * i);

test('a buffer that comes back carries the next file, whatever its length', () => {
  const carriers = new Carriers(1);
  const first = carriers.load(file(3 * MB))!;
  expect(first).toEqual(file(3 * MB));
  carriers.takeBack(first.buffer);
  const second = carriers.load(file(2 * MB))!;
  expect(second.buffer).toBe(first.buffer);
  expect(second).toEqual(file(2 * MB));
  expect(carriers.load(file(2 * MB))!.buffer).not.toBe(first.buffer);
});

test('small files and very large ones get none', () => {
  const carriers = new Carriers(1);
  expect(carriers.load(file(MB - 1))).toBeUndefined();
  expect(carriers.load(new Uint8Array(9 * MB))).toBeUndefined();
});

test('only as many are kept as may be under way, and nothing that is none', () => {
  const carriers = new Carriers(1);
  const [one, two] = [carriers.load(file(MB))!.buffer, carriers.load(file(MB))!.buffer];
  for (const buffer of [undefined, 'x', new ArrayBuffer(9), new SharedArrayBuffer(8 * MB)]) {
    carriers.takeBack(buffer);
  }
  carriers.takeBack(one);
  carriers.takeBack(two);
  expect(carriers.load(file(MB))!.buffer).toBe(one);
  expect(carriers.load(file(MB))!.buffer).not.toBe(two);
});
