/** The shipped JSON Schema and the program's own reading of a file say yes and no to the same files. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/file.ts';
import { configSchema } from '../../src/config/json-schema.ts';
import { flagName, optionEntries } from '../../src/config/schema.ts';

const ajv = new Ajv2020({ strict: true, keywords: ['doNotSuggest'] });
ajv.addFormat('uri', (text: string) => URL.canParse(text));
const validate = ajv.compile(configSchema());

/** Why the program refuses it, if it does. */
function refusal(config: unknown): string | undefined {
  try {
    parseConfig('/x/imgtrawl.json', JSON.stringify(config), { NAME: 'value', SIZE: '20MB' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const keys = optionEntries
  .filter(([, option]) => !option.flagOnly && option.on.includes('get'))
  .map(([name]) => name);

/** Values that some option takes, and none takes all of. */
const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...[true, false, 0, 1, 2, -1, 0.5, 7, 64, 129, 1e9, null, '', ' ', '4', '-1', 'true', 'x'],
    ...['20MB', '1 GiB', '5kb', '500ms', '7D', '12h', '3 apples', '1e3', 'auto', 'near', 'exact'],
    ...['off', 'url', 'sha256', 'html', 'host', 'thread', 'process', 'skip', 'submitted', 'debug'],
    ...[
      'https://a.example/x',
      'HTTP://a.example',
      'ftp://a.example/',
      'a.example',
      'https://',
      '2/8',
    ],
    ...['2/', [], ['x'], ['x', 'y'], [1], [[]], {}, { a: 1 }],
  ),
  fc.string(),
  fc.double({ min: -1e15, max: 1e15, noNaN: true }),
  fc.integer(),
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...keys.map(flagName)) },
  { weight: 1, arbitrary: fc.constantFrom(...keys, 'json', 'yes', 'sources', 'retires', '') },
);
const options = fc.uniqueArray(fc.tuple(key, value), {
  maxLength: 2,
  // A key and its other spelling are one, which no JSON Schema can say.
  selector: ([name]) => flagName(name),
});
const job = fc
  .record({
    sources: fc.constantFrom<unknown>('a', ['a', 'b'], [], [1], 1, null, undefined),
    schedule: fc.constantFrom<unknown>('15 3 * * *', '@daily', 'never', '* * * *', 5, undefined),
    options,
  })
  .map(({ options, ...rest }) => ({ ...Object.fromEntries(options), ...rest }));
const config = fc.record(
  {
    $schema: fc.constantFrom<unknown>('./x.json', 1),
    defaults: fc.oneof(options.map(Object.fromEntries), fc.constantFrom<unknown>([], 'x', null)),
    jobs: fc.oneof(
      fc.dictionary(fc.constantFrom('a', 'b.c-d', '1', '-x', 'a b', 'ä', ''), job, { maxKeys: 2 }),
      fc.constantFrom<unknown>([], 1),
    ),
    other: fc.constant(1),
  },
  { requiredKeys: [] },
);

/** `undefined` in an object is a key that is not there. */
const asJson = (one: unknown): unknown => JSON.parse(JSON.stringify(one));

test('for every option and kind of value', () => {
  const verdicts = { yes: 0, no: 0 };
  fc.assert(
    fc.property(key, value, (name, given) => {
      const one = asJson({ defaults: { [name]: given } });
      const why = refusal(one);
      expect(validate(one), `${JSON.stringify(one)}: ${why}`).toBe(why === undefined);
      verdicts[why === undefined ? 'yes' : 'no']++;
    }),
    { numRuns: 3000 },
  );
  // Both are seen often enough to mean something.
  expect(Math.min(verdicts.yes, verdicts.no)).toBeGreaterThan(300);
});

test('for whole files', () => {
  fc.assert(
    fc.property(config, (given) => {
      const one = asJson(given);
      const why = refusal(one);
      expect(validate(one), `${JSON.stringify(one)}: ${why}`).toBe(why === undefined);
    }),
    { numRuns: 2000 },
  );
});

test('every default may be written down', () => {
  const { $defs } = configSchema() as { $defs: Record<string, { default?: unknown }> };
  const defaults = Object.fromEntries(
    Object.entries($defs).flatMap(([name, { default: fallback }]) =>
      fallback === undefined ? [] : [[name, fallback]],
    ),
  );
  expect(Object.keys(defaults).length).toBeGreaterThan(20);
  expect(refusal({ defaults })).toBeUndefined();
  expect(validate({ defaults }), ajv.errorsText(validate.errors)).toBe(true);
});

test('a value from the environment may stand for any text, and is checked when it is there', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in a file
  const [size, name] = ['${SIZE}', '${NAME}'];
  const good = { defaults: { 'max-bytes': size, out: name } };
  expect(validate(good)).toBe(true);
  expect(refusal(good)).toBeUndefined();
  for (const key of ['ping', 'dedupe', 'timeout', 'base-url']) {
    expect(validate({ defaults: { [key]: name } }), key).toBe(true);
    expect(refusal({ defaults: { [key]: name } })).toMatch(/got "value"/);
  }
});
