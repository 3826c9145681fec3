/** Files that ask for much: what becomes of them, and that most are refused before a decoder sees them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { png } from '../../fixtures/assemble.ts';
import { BOMBS } from '../../fixtures/bombs/mod.ts';
import { createInspector, type Inspector, inspectHeader } from '../../src/inspect/mod.ts';
import { ensureWorker } from './assets.ts';

let inspector: Inspector;
beforeAll(async () => {
  await ensureWorker();
  // How fast the machine is must not decide.
  inspector = createInspector({ workers: 1, decodeTimeout: 300 });
});
afterAll(() => inspector[Symbol.asyncDispose]());

describe('a bomb is refused without decoding a pixel', () => {
  const refused = BOMBS.filter(({ end, decoderOnly }) => end !== 'taken' && !decoderOnly);
  test.each(refused)('$name: $end', ({ make, end }) => {
    expect(() => inspectHeader(make())).toThrow(expect.objectContaining({ code: end }));
  });
});

describe('a bomb ends as it should in the decoder', () => {
  const decoded = BOMBS.filter(({ end, decoderOnly }) => end === 'taken' || decoderOnly);
  test.each(decoded)(
    '$name: $end',
    async ({ make, end }) => {
      const ended = inspector.inspect(make()).then(
        () => 'taken',
        (error) => error.code,
      );
      expect(await ended).toBe(end);
    },
    300_000,
  );
});

describe('after a crash of the decoder', () => {
  /**
   * Elements that only the entity's text holds: nothing but the decoder sees how deep they lie. The symbol leaves
   * the drawing to wasm-vips.
   */
  const deep = `<!DOCTYPE svg [<!ENTITY a "${'<g>'.repeat(400)}${'</g>'.repeat(400)}">]>
    <svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">&a;<symbol/></svg>`;

  test('the same worker takes the next image', async () => {
    const before = await inspector.inspect(png());
    await expect(inspector.inspect(new TextEncoder().encode(deep))).rejects.toMatchObject({
      code: 'decode-crash',
      message: expect.stringContaining('crashed on this svg'),
    });
    expect(await inspector.inspect(png())).toEqual(before);
  });
});

test('a refusal names what the decoder found', async () => {
  const bomb = BOMBS.find(({ name }) => name === 'TIFF 65,535 bits a sample')!;
  await expect(inspector.inspect(bomb.make())).rejects.toMatchObject({
    code: 'damaged',
    message: 'The tiff cannot be decoded: tiff2vips: samples out of range',
  });
});
