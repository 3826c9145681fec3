/** The small pure parts: when to try again, ranges, validators, bandwidth, classification, redaction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { Bandwidth } from '../../src/fetch/bandwidth.ts';
import { classify } from '../../src/fetch/classify.ts';
import { parseContentRange, parseUnsatisfiedRange } from '../../src/fetch/content-range.ts';
import { fetchSettings } from '../../src/fetch/options.ts';
import { isSecretHeader, redactText, redactUrl } from '../../src/fetch/redact.ts';
import { redirectTarget } from '../../src/fetch/redirect.ts';
import { afterFailure, backoffMs, isBusyStatus } from '../../src/fetch/retry.ts';
import { ifRangeOf } from '../../src/fetch/validators.ts';

describe('retries', () => {
  const policy = { retries: 3, baseMs: 500, maxWaitMs: 120_000 };

  it('waits a random share of a doubling time, up to a cap', () => {
    expect([0, 1, 2, 3].map((retry) => backoffMs(retry, 500, 0.5))).toEqual([250, 500, 1000, 2000]);
    expect(backoffMs(1000, 500, 0.999)).toBeLessThan(30_000);
  });

  it('tries again only what may pass, and only so often', () => {
    const reset = new TrawlError('reset', 'x');
    expect(afterFailure(reset, 3, policy, 0.5)).toEqual({ again: true, waitMs: 1000 });
    expect(afterFailure(reset, 4, policy, 0.5)).toEqual({ again: false, error: reset });
    const blocked = new TrawlError('blocked-address', 'x');
    expect(afterFailure(blocked, 1, policy, 0.5).again).toBe(false);
  });

  it('waits as long as the server asks, and gives up when that is too long', () => {
    const busy = (retryAfterMs: number) =>
      new TrawlError('http-busy', 'x', { status: 429, retryAfterMs });
    expect(afterFailure(busy(7000), 1, policy, 0)).toEqual({ again: true, waitMs: 7000 });
    const decision = afterFailure(busy(121_000), 1, policy, 0);
    expect(decision).toMatchObject({ again: false, error: { code: 'wait-too-long', status: 429 } });
  });

  it('takes 408, 425, 429 and 5xx for "later"', () => {
    const busy = Array.from({ length: 500 }, (_, i) => i + 100).filter(isBusyStatus);
    expect(busy.slice(0, 4)).toEqual([408, 425, 429, 500]);
    expect(busy).toHaveLength(103);
  });
});

describe('Content-Range', () => {
  it.each([
    ['bytes 0-99/200', { first: 0, last: 99, total: 200 }],
    ['Bytes 100-199/200', { first: 100, last: 199, total: 200 }],
    ['bytes 5-5/*', { first: 5, last: 5, total: undefined }],
    ['bytes 10-5/200', undefined],
    ['bytes 0-200/200', undefined],
    ['bytes */200', undefined],
    ['items 0-1/2', undefined],
    ['bytes 0-99', undefined],
    ['bytes -1-2/3', undefined],
    [undefined, undefined],
  ])('reads %s', (value, range) => {
    expect(parseContentRange(value)).toEqual(range);
  });

  it('reads the length from a 416', () => {
    expect(parseUnsatisfiedRange('bytes */1234')).toBe(1234);
    expect(parseUnsatisfiedRange('bytes 0-1/2')).toBeUndefined();
  });

  it('never gives a range outside of its whole', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, last, total) => {
        const range = parseContentRange(`bytes ${first}-${last}/${total}`);
        expect(range !== undefined).toBe(first <= last && last < total);
      }),
    );
  });
});

describe('validators', () => {
  const date = 'Tue, 10 Nov 2026 10:00:00 GMT';
  it.each([
    ['a strong ETag', { etag: '"a"' }, '"a"'],
    ['no weak ETag, even with a date', { etag: 'W/"a"', 'last-modified': date, date }, undefined],
    ['no ETag that is malformed', { etag: 'abc' }, undefined],
    [
      'a date long before the answer',
      { 'last-modified': date, date: 'Tue, 10 Nov 2026 11:00:00 GMT' },
      date,
    ],
    ['no date just before the answer', { 'last-modified': date, date }, undefined],
    ['no date without the time of the answer', { 'last-modified': date }, undefined],
  ])('If-Range takes %s', (_, headers, expected) => {
    expect(ifRangeOf(headers)).toBe(expected);
  });
});

describe('bandwidth', () => {
  it('holds the rate whatever the sizes of the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1 }),
        fc.integer({ min: 1000, max: 10_000_000 }),
        (pieces, rate) => {
          const bandwidth = new Bandwidth(rate, 0);
          let now = 0;
          for (const piece of pieces) now += bandwidth.take(piece, now);
          const bytes = pieces.reduce((sum, piece) => sum + piece, 0);
          expect(now).toBeCloseTo((bytes / rate) * 1000, 3);
        },
      ),
    );
  });

  it('saves nothing up over a rest but the burst', () => {
    const bandwidth = new Bandwidth(1000, 50);
    expect(bandwidth.take(50, 1_000_000)).toBe(0);
    expect(bandwidth.take(100, 1_000_000)).toBe(100);
  });
});

describe('classify', () => {
  const error = (code: string, cause?: Error) => Object.assign(new Error('x', { cause }), { code });
  it.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'connect'],
    ['EHOSTUNREACH', 'connect'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
    ['UND_ERR_BODY_TIMEOUT', 'timeout'],
    ['ECONNRESET', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['ERR_HTTP2_STREAM_ERROR', 'reset'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'short-body'],
    ['HPE_INVALID_EOF_STATE', 'short-body'],
    ['UND_ERR_HEADERS_OVERFLOW', 'bad-response'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EACCES', 'output-not-writable'],
    ['EROFS', 'output-not-writable'],
    ['EWHATEVER', 'connect'],
  ])('%s is %s', (code, expected) => {
    expect(classify(error(code), 'http://a/').code).toBe(expected);
  });

  it('finds the reason among causes and among attempts on several addresses', () => {
    expect(classify(error('UND_ERR', error('ENOTFOUND')), 'http://a/').code).toBe('dns');
    const attempts = new AggregateError([error('ENETUNREACH'), error('ECONNREFUSED')]);
    expect(classify(attempts, 'http://a/').code).toBe('connect');
  });

  it('never shows credentials', () => {
    const { message } = classify(new Error('no https://me:secret@host/x'), 'http://u:pw@a/b');
    expect(message).toContain('http://a/b');
    expect(message).not.toMatch(/secret|pw|me:/);
  });
});

describe('redaction', () => {
  it('takes user and password out of addresses', () => {
    expect(redactUrl('https://u:p@h/x?y@z')).toBe('https://h/x?y@z');
    expect(redactUrl('https://h/@x')).toBe('https://h/@x');
    expect(redactUrl('http://u:p@[broken/x')).toBe('http://[broken/x');
    expect(redactText('see http://a:b@c/ and ftp://d@e/')).toBe('see http://c/ and ftp://e/');
    expect(redactText('http://me:p@ss@host/x failed')).toBe('http://host/x failed');
    expect(redactText('no address: //me:pw@host/x')).toBe('no address: //host/x');
    expect(redactText('http://host//pub/a@b')).toBe('http://host//pub/a@b');
  });

  it('knows which headers are secret', () => {
    const names = ['Authorization', 'Cookie', 'X-Api-Key', 'X-Auth-Token', 'Proxy-Authorization'];
    expect(names.every(isSecretHeader)).toBe(true);
    expect(['Accept', 'Referer', 'Accept-Language', 'X-Requested-With'].some(isSecretHeader)).toBe(
      false,
    );
  });

  it('leaves no password of any URL', () => {
    fc.assert(
      fc.property(fc.webUrl(), fc.stringMatching(/^[a-z]{12}$/), (text, password) => {
        const url = new URL(text);
        url.username = 'user';
        url.password = password;
        fc.pre(!text.includes(password));
        expect(redactUrl(url.href)).not.toContain(password);
        expect(redactText(`failed: ${url.href}!`)).not.toContain(password);
      }),
    );
  });
});

describe('redirect targets', () => {
  const from = new URL('http://h/a/b');
  it('are relative to the address that redirects, without fragment and credentials', () => {
    expect(redirectTarget('../c?d#e', from).href).toBe('http://h/c?d');
    expect(redirectTarget('//u:p@other/x', from).href).toBe('http://other/x');
  });

  it('are read as UTF-8 when they are', () => {
    const latin1 = Buffer.from('/ü', 'utf8').toString('latin1');
    expect(redirectTarget(latin1, from).pathname).toBe('/%C3%BC');
  });

  it.each(['ftp://h/x', 'file:///etc/passwd', 'data:,x', 'javascript:1'])(
    'refuse %s',
    (location) => {
      expect(() => redirectTarget(location, from)).toThrow(
        expect.objectContaining({ code: 'redirect-scheme' }),
      );
    },
  );

  it.each([undefined, '', 'http://[', 'http://a b/'])('refuse %s as no answer', (location) => {
    expect(() => redirectTarget(location, from)).toThrow(
      expect.objectContaining({ code: 'bad-response' }),
    );
  });
});

describe('options', () => {
  it('fill in what is not given', () => {
    expect(fetchSettings()).toMatchObject({ adaptive: true, total: 100, perHost: 100, retries: 3 });
    expect(fetchSettings({ concurrency: 32 })).toMatchObject({ adaptive: false, perHost: 8 });
  });

  it('say which one cannot be', () => {
    expect(() => fetchSettings({ perHost: 0 })).toThrow('perHost must be 1 or more, not 0');
    expect(() => fetchSettings({ timeout: Number.NaN })).toThrow('timeout');
    expect(() => fetchSettings({ bandwidth: 0 })).toThrow('bandwidth');
  });
});
