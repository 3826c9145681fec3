import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { parseNetrc } from '../../src/fetch/netrc.ts';

describe('parseNetrc', () => {
  const netrc = parseNetrc(`# a comment with "quotes
machine a.example login ann password s3cret
machine b.example
	login "bob the builder"
	password "with \\"quotes\\", \\\\ and\\ttab" # and a comment
	account ignored
machine c.example login carl password #hash#
macdef init
  machine trap.example login x password y
  cd /tmp

machine A.EXAMPLE login second password second
machine ::1 login six password 6
machine onlyname.example login nopass
default login anonymous password me@example
`);

  test.each([
    ['a.example', 'ann', 's3cret'],
    ['A.Example:8080', 'ann', 's3cret'],
    ['b.example', 'bob the builder', 'with "quotes", \\ and\ttab'],
    ['c.example', 'carl', '#hash#'],
    ['[::1]', 'six', '6'],
    ['[::1]:80', 'six', '6'],
    ['onlyname.example', 'nopass', ''],
    ['trap.example', 'anonymous', 'me@example'],
    ['other.example', 'anonymous', 'me@example'],
  ])('%s: %s, %s', (host, login, password) => {
    expect(netrc.credentials(host)).toEqual({ login, password });
  });

  test('without default, other hosts get nothing', () => {
    expect(parseNetrc('machine a login b password c').credentials('x')).toBeUndefined();
    expect(parseNetrc('').credentials('x')).toBeUndefined();
  });

  test('lines may end in CRLF, a macro may end the file', () => {
    const text = 'machine a\r\nlogin b\r\npassword c\r\nmacdef m\r\nquit';
    expect(parseNetrc(text).credentials('a')).toEqual({ login: 'b', password: 'c' });
  });

  test.each([
    ['machine a login b password hush hush', /line 1: expected "machine"/],
    ['\n\nmachine a login', /line 3: "login" has no value/],
    ['machine', /line 1: "machine" has no value/],
    ['machine a\npassword "hush', /line 2: a quoted word does not end/],
  ])('%j is refused, without showing a word of it', (text, message) => {
    const read = () => parseNetrc(text);
    expect(read).toThrow(TrawlError);
    expect(read).toThrow(message);
    expect(read).not.toThrow(/hush/);
  });

  test('what is written quoted is read back', () => {
    const secret = fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !/[\r\n]/.test(s));
    fc.assert(
      fc.property(secret, (password) => {
        const quoted = `"${password.replace(/[\\"]/g, '\\$&')}"`;
        const text = `machine h login l password ${quoted} machine i login m password n`;
        expect(parseNetrc(text).credentials('h')?.password).toBe(password);
      }),
    );
  });

  test('anything is read or refused with a clear error', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom('machine', 'default', 'login', 'password', 'macdef', '"', '\n', '#'),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        try {
          parseNetrc(words.join(' ')).credentials('h');
        } catch (error) {
          expect(error).toBeInstanceOf(TrawlError);
        }
      }),
    );
  });
});
