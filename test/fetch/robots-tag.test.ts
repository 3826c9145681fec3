import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRobotsDirectives } from '../../src/fetch/robots-tag.ts';

/** Names of the directives that hold for imgtrawl. */
const directives = (value: string | string[]) =>
  Object.entries(parseRobotsDirectives(value, 'imgtrawl/1.0 (+https://example.org)'))
    .filter(([, set]) => set)
    .map(([name]) => name);

test.each<[string | string[], string[]]>([
  ['', []],
  ['all', []],
  ['noimageindex', ['noimageindex']],
  ['NoAI, NoImageAI', ['noai', 'noimageai']],
  ['noindex,nofollow', ['noindex', 'nofollow']],
  ['none', ['noindex', 'nofollow', 'none']],
  ['otherbot: noindex', []],
  ['imgtrawl: noimageindex', ['noimageindex']],
  ['ImgTrawl : noai', ['noai']],
  ['*: noai', ['noai']],
  ['noindex, otherbot: nofollow, noai', ['noindex']],
  ['otherbot: noindex, nofollow, imgtrawl: noai, noarchive', ['noarchive', 'noai']],
  [['otherbot: noindex', 'noai'], ['noai']],
  ['otherbot: noindex\nnoai', ['noai']],
  ['max-snippet: 5, noai', ['noai']],
  ['unavailable_after: Wed, 25 Jun 2010 15:00:00 GMT, noimageindex', ['noimageindex']],
  ['noindexing, xnoai, no ai', []],
])('%s: %s', (value, expected) => {
  expect(directives(value)).toEqual(expected);
});

test('anything parses', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (value, agent) => {
      parseRobotsDirectives(value, agent);
      expect(parseRobotsDirectives(`${agent.replaceAll(/[:,]/g, '')},noai`, agent).noai).toBe(true);
    }),
  );
});
