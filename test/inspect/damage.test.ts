/** Damaged copies of good files of every format, beside a decoder of its own making: few of the many of scripts/bench/bit-flips.ts. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { damage } from '../../fixtures/damage.ts';
import { random } from '../../fixtures/photo.ts';
import { type Sample, samples } from '../../fixtures/samples.ts';
import { TrawlError } from '../../src/errors.ts';
import { createInspector, type Inspector } from '../../src/inspect/mod.ts';
import { ensureWorker } from './assets.ts';

/** What may be said of a damaged file: never that the program is at fault. */
const VERDICTS = ['truncated', 'damaged', 'not-an-image', 'empty-body', 'too-many-pixels'];
const COPIES = 5;

let good: Sample[];
let inspector: Inspector;
beforeAll(async () => {
  await ensureWorker();
  good = await samples(['small']);
  inspector = createInspector({ workers: 1, decodeTimeout: 300 });
});
afterAll(() => inspector[Symbol.asyncDispose]());

const inspect = (bytes: Uint8Array<ArrayBuffer>) =>
  inspector.inspect(bytes).catch((error: unknown) => error as TrawlError);

/** Undefined for formats that sharp does not know. */
async function isWhole(bytes: Uint8Array, type: string): Promise<boolean | undefined> {
  if (type === 'bmp' || type === 'ico') return undefined;
  return sharp(bytes, { failOn: 'truncated' })
    .raw()
    .toBuffer()
    .then(
      () => true,
      () => false,
    );
}

describe('good files of every kind', () => {
  test('are whole, and still are after many damaged ones', async () => {
    const before = await Promise.all(good.map(({ bytes }) => inspect(bytes)));
    for (const [i, { name, type }] of good.entries()) {
      expect(before[i], name).not.toBeInstanceOf(TrawlError);
      if (type !== 'bmp' && type !== 'ico') expect(before[i], name).toHaveProperty('pdq');
    }
    const next = random(2);
    for (let copy = 0; copy < COPIES; copy++) {
      for (const { name, type, bytes } of good) {
        const damaged = damage(bytes, next);
        const verdict = await inspect(damaged.bytes);
        const what = `${name}: ${damaged.what}`;
        if (verdict instanceof Error) expect(VERDICTS, what).toContain(verdict.code);
        // Taken for whole: the reference must not say otherwise.
        else expect(await isWhole(damaged.bytes, type), what).not.toBe(false);
      }
    }
    expect(await Promise.all(good.map(({ bytes }) => inspect(bytes)))).toEqual(before);
  }, 300_000);
});
