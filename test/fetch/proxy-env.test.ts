import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { proxyFor } from '../../src/fetch/proxy-env.ts';

const P = 'http://proxy.example:3128/';
const Q = 'http://other.example:8080/';

describe('which proxy', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['http://a.org/', {}, undefined],
    ['http://a.org/', { http_proxy: P }, P],
    ['http://a.org/', { HTTP_PROXY: P }, P],
    ['http://a.org/', { HTTP_PROXY: P, REQUEST_METHOD: 'GET' }, undefined],
    ['http://a.org/', { http_proxy: P, REQUEST_METHOD: 'GET' }, P],
    ['http://a.org/', { http_proxy: P, HTTP_PROXY: Q }, P],
    ['http://a.org/', { http_proxy: '', HTTP_PROXY: Q }, undefined],
    ['http://a.org/', { https_proxy: P }, undefined],
    ['https://a.org/', { https_proxy: P }, P],
    ['https://a.org/', { HTTPS_PROXY: P, http_proxy: Q }, P],
    ['https://a.org/', { all_proxy: P }, P],
    ['http://a.org/', { ALL_PROXY: P, http_proxy: Q }, Q],
    ['http://a.org/', { http_proxy: 'proxy.example:3128' }, P],
    ['http://a.org/', { http_proxy: 'u:p@proxy.example:3128' }, 'http://u:p@proxy.example:3128/'],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(proxyFor(url, { env })).toBe(expected);
  });

  test('--proxy takes the place of the environment, and NO_PROXY holds for it too', () => {
    const env = { http_proxy: Q, no_proxy: 'a.org' };
    expect(proxyFor('http://b.org/', { proxy: P, env })).toBe(P);
    expect(proxyFor('http://a.org/', { proxy: P, env })).toBeUndefined();
    expect(proxyFor('http://b.org/', { proxy: '', env })).toBeUndefined();
  });

  test.each(['http://', 'u:hush@:80:80', 'socks5://u:hush@h:1080', 'ftp://hush'])(
    '%s is refused without showing it',
    (proxy) => {
      const choose = () => proxyFor('http://a.org/', { proxy, env: {} });
      expect(choose).toThrow(TrawlError);
      expect(choose).not.toThrow(/hush/);
    },
  );
});

describe('NO_PROXY', () => {
  const direct = (list: string, url: string) =>
    proxyFor(url, { proxy: P, env: { NO_PROXY: list } }) === undefined;

  test.each<[string, string, boolean]>([
    ['', 'http://a.org/', false],
    ['*', 'http://a.org/', true],
    ['x.net, *', 'http://a.org/', true],
    ['a.org', 'http://a.org/', true],
    ['A.Org.', 'http://a.org./', true],
    ['a.org', 'http://www.a.org/', true],
    ['.a.org', 'http://www.a.org/', true],
    ['.a.org', 'http://a.org/', true],
    ['*.a.org', 'http://www.a.org/', true],
    ['a.org', 'http://ba.org/', false],
    ['org', 'http://a.org/', true],
    ['x.net,a.org', 'http://a.org/', true],
    ['x.net a.org', 'http://a.org/', true],
    ['a.org:8080', 'http://a.org:8080/', true],
    ['a.org:8080', 'http://a.org/', false],
    ['a.org:443', 'https://a.org/', true],
    ['127.0.0.1', 'http://127.0.0.1:99/', true],
    ['127.0.0.1:80', 'http://127.0.0.1:99/', false],
    ['127.0.0.0/8', 'http://127.1.2.3/', true],
    ['192.168.0.0/16', 'http://192.169.0.1/', false],
    ['10.0.0.0/8:80', 'http://10.1.1.1/', true],
    ['::1', 'http://[::1]/', true],
    ['[::1]', 'http://[::1]/', true],
    ['[::1]:80', 'http://[::1]:81/', false],
    ['fd00::/8', 'http://[fd12::1]/', true],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]/', true],
    ['0.0.1', 'http://127.0.0.1/', false],
    ['10.0.0.0/33', 'http://10.0.0.0/', false],
    ['0.0.0.0/0', 'http://[::1]/', false],
    [', ,', 'http://a.org/', false],
    ['.', 'http://a.org/', false],
  ])('"%s" and %s: direct %s', (list, url, expected) => {
    expect(direct(list, url)).toBe(expected);
  });

  test('any list is read', () => {
    fc.assert(
      fc.property(fc.string(), (list) => {
        direct(list, 'http://a.org/');
        direct(list, 'http://127.0.0.1/');
        direct(`${list}/8 [${list}]:80`, 'http://[::1]/');
      }),
    );
  });
});
