import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedDocs } from '../../src/cli/docs.ts';

test.each(Object.entries(generatedDocs()))(
  'docs/%s is what the code says (npm run docs)',
  (name, text) => {
    expect(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')).toBe(text);
  },
);
