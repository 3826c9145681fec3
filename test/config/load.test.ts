import { describe, expect, test } from 'vitest';
import { environmentLayer, resolveLayers } from '../../src/config/layers.ts';
import { resolveOptions } from '../../src/config/load.ts';
import { flagName, optionEntries } from '../../src/config/schema.ts';

describe('options', () => {
  test('fill in defaults and resolve units', () => {
    const options = resolveOptions({ maxBytes: '20MB', timeout: '500ms', perHost: '4' });
    expect(options).toMatchObject({
      maxBytes: 20e6,
      timeout: 0.5,
      perHost: 4,
      dedupe: 'near',
      css: true,
    });
  });

  test.each([
    [{ retries: '-1' }, /--retries: must be >=0; got "-1"/],
    [{ dedupe: 'maybe' }, /--dedupe: expected one of "off"\|"exact"\|"near"; got "maybe"/],
    [{ timeout: 'soon' }, /--timeout: expected a time such as .*; got "soon"/],
    [{ concurrency: 'many' }, /--concurrency: .*; got "many"/],
    [{ maxBytes: '3 apples' }, /--max-bytes: expected a size such as .*; got "3 apples"/],
  ])('%j is refused with its rule and its value', (raw, message) => {
    expect(() => resolveOptions(raw)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });

  test('each has a description and a flag of its own', () => {
    const flags = optionEntries.map(([name]) => flagName(name));
    expect(new Set(flags).size).toBe(flags.length);
    const aliases = optionEntries.flatMap(([, option]) => option.alias ?? []);
    expect(new Set(aliases).size).toBe(aliases.length);
    for (const [, option] of optionEntries) expect(option.describe.length).toBeGreaterThan(10);
  });
});

describe('layers', () => {
  test('a flag wins over the environment, that over the job, that over the defaults', () => {
    const { options, origins } = resolveLayers([
      { origin: 'flag', values: { retries: '1' } },
      { origin: 'environment', values: { retries: '2', timeout: '2' } },
      { origin: 'job nightly', values: { retries: 3, timeout: 3, perHost: 3 } },
      { origin: 'defaults', values: { retries: 4, timeout: 4, perHost: 4, delay: 4 } },
    ]);
    expect(options).toMatchObject({ retries: 1, timeout: 2, perHost: 3, delay: 4, dedupe: 'near' });
    expect(origins).toMatchObject({
      retries: 'flag',
      timeout: 'environment',
      perHost: 'job nightly',
      delay: 'defaults',
      dedupe: 'built-in',
    });
  });

  test('the environment gives booleans and lists as text', () => {
    const { values } = environmentLayer({
      IMGTRAWL_CSS: 'no',
      IMGTRAWL_INCLUDE: '*.jpg  *.png',
      IMGTRAWL_RETRIES: '7',
    });
    expect(resolveOptions(values)).toMatchObject({
      css: false,
      include: ['*.jpg', '*.png'],
      retries: 7,
    });
  });

  test('a bad variable is named', () => {
    expect(() => environmentLayer({ IMGTRAWL_PER_HOST: 'zero' })).toThrow(
      /IMGTRAWL_PER_HOST: .*got "zero"/,
    );
    expect(() => environmentLayer({ IMGTRAWL_ROBOTS: 'perhaps' })).toThrow(
      /IMGTRAWL_ROBOTS: expected true or false/,
    );
  });
});
