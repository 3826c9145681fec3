import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRobots } from '../../src/fetch/robots.ts';

/** Whether `imgtrawl` may fetch the path under a group for everybody. */
const allowed = (rules: string, path: string) =>
  parseRobots(`User-agent: *\n${rules}`).check(path, 'imgtrawl').allowed;

describe('patterns', () => {
  test.each([
    // rules, path, allowed
    ['Disallow: /', '/a.jpg', false],
    ['Disallow:', '/a.jpg', true],
    ['Disallow: /fish', '/fish.html', false],
    ['Disallow: /fish', '/Fish.asp', true],
    ['Disallow: /fish/', '/fish', true],
    ['Disallow: /fish*', '/fishheads/yummy.html', false],
    ['Disallow: /*.php', '/index.php?x=1', false],
    ['Disallow: /*.php', '/windows.PHP', true],
    ['Disallow: /*.php$', '/folder/filename.php', false],
    ['Disallow: /*.php$', '/filename.php?parameters', true],
    ['Disallow: /*.php$', '/filename.php5', true],
    ['Disallow: /fish*.php', '/fishheads/catfish.php?parameters', false],
    ['Disallow: *.gif$', '/a/b.gif', false],
    ['Disallow: /a*b*c$', '/abbbcxc', false],
    ['Disallow: /a*a$', '/a', true],
    ['Disallow: /$', '/', false],
    ['Disallow: /$', '/a', true],
    ['Disallow: /**/x', '/q/x', false],
    ['Disallow: fish', '/fish', true],
  ])('%s, %s: allowed %s', (rules, path, expected) => {
    expect(allowed(rules, path)).toBe(expected);
  });

  test('the longest rule decides, whatever the order', () => {
    expect(allowed('Disallow: /p\nAllow: /page', '/page')).toBe(true);
    expect(allowed('Allow: /p\nDisallow: /page', '/page')).toBe(false);
    expect(allowed('Allow: /page\nDisallow: /*.htm', '/page.htm')).toBe(false);
  });

  test('Allow wins a tie', () => {
    expect(allowed('Disallow: /page\nAllow: /page', '/page')).toBe(true);
    expect(allowed('Allow: /folder\nDisallow: /folder', '/folder/page')).toBe(true);
  });

  test.each([
    ['/a<d', '/a%3cd'],
    ['/foo/bar?baz=http://foo.bar', '/foo/bar?baz=http://foo.bar'],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    ['/%7ejoe/', '/~joe/i.png'],
    ["/x'y", '/x%27y'],
    ['/path%2A', '/path*'],
    ['/price%24', '/price$1'],
    ['/a$b', '/a$b'],
    ['/100%', '/100%'],
  ])('%s forbids %s: both are spelled one way', (pattern, path) => {
    expect(allowed(`Disallow: ${pattern}`, path)).toBe(false);
  });

  test('an encoded slash is not a slash', () => {
    expect(allowed('Disallow: /a%2Fb', '/a/b')).toBe(true);
    expect(allowed('Disallow: /a%2fb', '/a%2Fb')).toBe(false);
  });

  test('robots.txt itself is always allowed', () => {
    expect(allowed('Disallow: /', '/robots.txt')).toBe(true);
  });

  test('agrees with a regular expression on random patterns', () => {
    const char = fc.constantFrom('a', 'b', '/', '*', '$', '.');
    const text = fc.array(char, { maxLength: 12 }).map((chars) => `/${chars.join('')}`);
    fc.assert(
      fc.property(text, text, (pattern, path) => {
        const anchored = pattern.endsWith('$');
        const source = (anchored ? pattern.slice(0, -1) : pattern)
          .replace(/[.$/]/g, '\\$&')
          .replace(/\*/g, '.*');
        const expected = new RegExp(`^${source}${anchored ? '$' : ''}`).test(path);
        expect(allowed(`Disallow: ${pattern}`, path)).toBe(!expected);
      }),
      { numRuns: 500 },
    );
  });

  test('long parts are found as the native search finds them', () => {
    const word = fc.array(fc.constantFrom('a', 'b'), { minLength: 33, maxLength: 60 });
    fc.assert(
      fc.property(word, fc.array(fc.constantFrom('a', 'b'), { maxLength: 300 }), (part, path) => {
        const [needle, text] = [part.join(''), path.join('')];
        for (const hay of [`/${text}`, `/${text}${needle}${text}`]) {
          expect(allowed(`Disallow: /*${needle}`, hay)).toBe(!hay.includes(needle));
        }
      }),
    );
  });

  test('hostile patterns cost no more than their length', () => {
    const cpu = (size: number) => {
      const stars = `/${'*a'.repeat(size)}b`;
      const runs = `/*${'a'.repeat(size)}b`;
      const file = parseRobots(`User-agent: *\nDisallow: ${stars}\nDisallow: ${runs}`);
      const path = `/${'a'.repeat(2 * size)}`;
      const from = process.cpuUsage();
      for (let i = 0; i < 20; i++) expect(file.check(path, 'x').allowed).toBe(true);
      const { user, system } = process.cpuUsage(from);
      return user + system;
    };
    cpu(2_000);
    // Sixteen times the size: linear is about 16, quadratic 256 times the work.
    expect(cpu(64_000) / cpu(4_000)).toBeLessThan(100);
  });
});

describe('groups', () => {
  const file = parseRobots(
    [
      'Disallow: /orphan',
      'User-agent: imgtrawl',
      'User-agent: OtherBot/2.0',
      'Disallow: /both',
      '',
      'User-agent: *',
      'Disallow: /all',
      'Crawl-delay: 2.5',
      'User-Agent: IMGTRAWL',
      'Allow: /both/but',
      'Crawl-delay: 1',
    ].join('\r\n'),
  );

  test('the own group hides the one for everybody', () => {
    expect(file.check('/all', 'imgtrawl').allowed).toBe(true);
    expect(file.check('/all', 'stranger')).toEqual({
      allowed: false,
      rule: 'Disallow: /all',
      crawlDelayMs: 2500,
    });
  });

  test('several agents share a group, and groups for one agent are merged', () => {
    expect(file.check('/both', 'imgtrawl/0.1 (+https://example.org)').allowed).toBe(false);
    expect(file.check('/both/but', 'imgtrawl')).toEqual({
      allowed: true,
      rule: 'Allow: /both/but',
      crawlDelayMs: 1000,
    });
    expect(file.check('/both/but', 'otherbot').allowed).toBe(false);
  });

  test('rules before any user-agent line hold for nobody', () => {
    expect(file.check('/orphan', 'imgtrawl').allowed).toBe(true);
    expect(file.check('/orphan', 'stranger').allowed).toBe(true);
  });

  test('a name that only begins alike is another agent', () => {
    const other = parseRobots('User-agent: img\nDisallow: /');
    expect(other.check('/x', 'imgtrawl').allowed).toBe(true);
  });

  test('a group without rules allows', () => {
    const own = parseRobots('User-agent: imgtrawl\nDisallow:\n\nUser-agent: *\nDisallow: /');
    expect(own.check('/x', 'imgtrawl').allowed).toBe(true);
  });

  test('other lines do not split a group', () => {
    const text = 'User-agent: a\nSitemap: http://h/s.xml\nHost: h\nUser-agent: b\nDisallow: /x';
    expect(parseRobots(text).check('/x', 'a').allowed).toBe(false);
    expect(parseRobots(text).check('/x', 'b').allowed).toBe(false);
    expect(parseRobots(text).sitemaps).toEqual(['http://h/s.xml']);
  });
});

describe('the text', () => {
  test.each([
    ['LF', '\n'],
    ['CR', '\r'],
    ['CRLF', '\r\n'],
  ])('lines end in %s, a byte order mark is skipped', (_, end) => {
    const text = `\uFEFFuser-agent: *${end}  disallow :  /x  # why${end}`;
    expect(parseRobots(text).check('/x', 'a')).toEqual({ allowed: false, rule: 'Disallow: /x' });
  });

  test('common mistakes are understood', () => {
    expect(parseRobots('Useragent: *\nDissallow /x').check('/x', 'a').allowed).toBe(false);
  });

  test('senseless delays are ignored, endless ones capped', () => {
    const delay = (value: string) =>
      parseRobots(`User-agent: *\nCrawl-delay: ${value}`).check('/', 'a').crawlDelayMs;
    expect(delay('soon')).toBeUndefined();
    expect(delay('-1')).toBeUndefined();
    expect(delay('1e9')).toBeUndefined();
    expect(delay('999999999')).toBe(86_400_000);
    expect(delay('.5')).toBe(500);
  });

  test('a page of HTML allows everything', () => {
    expect(parseRobots('<!doctype html>\n<p>Not: found</p>').check('/x', 'a').allowed).toBe(true);
  });

  test('anything parses', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (text, path, agent) => {
        parseRobots(`User-agent: *\nDisallow: ${text}`).check(path, agent);
        parseRobots(text).check(path, agent);
      }),
    );
  });
});
