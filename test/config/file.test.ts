import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/file.ts';

const parse = (text: string, env: Record<string, string> = {}) =>
  parseConfig('/etc/c/imgtrawl.json', text, env);

describe('a config file', () => {
  test('holds defaults and jobs, with comments and trailing commas', () => {
    const config = parse(`{
      // every night
      "$schema": "./schema.json",
      "defaults": { "per-host": 4, "max-bytes": "20MB" },
      "jobs": {
        "cats": { "sources": ["https://example.org/cats",], "schedule": "15 3 * * *", "out": "cats" },
      },
    }`);
    expect(config.defaults).toEqual({ perHost: 4, maxBytes: '20MB' });
    expect(config.jobs).toEqual([
      {
        name: 'cats',
        sources: ['https://example.org/cats'],
        schedule: '15 3 * * *',
        options: { out: '/etc/c/cats' },
      },
    ]);
  });

  test('takes secrets from the environment', () => {
    const text = `{ "defaults": { "header": ["Authorization: Bearer \${TOKEN}", "X-Price: $\${TOKEN}"] } }`;
    expect(parse(text, { TOKEN: 's3cret' }).defaults.header).toEqual([
      'Authorization: Bearer s3cret',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what a doubled dollar sign leaves
      'X-Price: ${TOKEN}',
    ]);
    expect(() => parse(text)).toThrow(/1:\d+: \$\{TOKEN\}: the environment has no TOKEN/);
  });

  test.each([
    [
      '{\n  "defaults": { "per-hots": 4 }\n}',
      /imgtrawl\.json:2:17: unknown key "per-hots"; did you mean "per-host"\?/,
    ],
    ['{ "job": {} }', /1:3: unknown key "job"; did you mean "jobs"\?/],
    ['{ "defaults": { "retries": "many" } }', /1:28: "retries": expected number.*; got "many"/],
    ['{ "defaults": { "css": 1 } }', /1:24: "css": expected boolean; got 1/],
    ['{ "defaults": { "dedupe": "all" } }', /"dedupe": expected one of .*; got "all"/],
    ['{ "defaults": { "json": true } }', /unknown key "json"/],
    ['{ "defaults": { "css": true, "css": false } }', /1:30: the key "css" appears twice/],
    ['{ "defaults": { "per-host": 1, "perHost": 2 } }', /the key "perHost" appears twice/],
    ['{} {}', /1:4: there is text after the end/],
    ['{ "defaults": ', /expected a value/],
    ['', /the file is empty/],
    ['[]', /the configuration must be an object/],
    ['{ "jobs": { "a": { "out": "x" } } }', /job "a" has no "sources"/],
    ['{ "jobs": { "a b": { "sources": "x" } } }', /a job's name is/],
    ['{ "jobs": { "a": { "sources": [] } } }', /"sources" must be/],
    [
      '{ "jobs": { "a": { "sources": "u", "schedule": "99 * * * *" } } }',
      /"99 \* \* \* \*" is no cron expression/,
    ],
    ['{ "jobs": { "a": { "sources": "u", "schedule": "* * * * * *" } } }', /five fields/],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'config', message: expect.stringMatching(message) }),
    );
  });
});
