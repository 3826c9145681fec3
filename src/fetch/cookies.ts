/** Cookies of one run: those of a Netscape file and those that servers set meanwhile. */
import { isIP } from 'node:net';
import {
  Cookie,
  type CookieJar as JarOfTough,
  MemoryCookieStore,
  CookieJar as ToughJar,
} from 'tough-cookie';
import { TrawlError } from '../errors.ts';

/** Cookies of one domain, as Chrome allows. */
const MAX_PER_DOMAIN = 180;
/** Cookies in all, as Chrome allows. */
const MAX_COOKIES = 3300;
/** Characters of name, value and attributes; RFC 6265 6.1 asks for 4096 bytes at least. */
const MAX_COOKIE_LENGTH = 8192;

export class CookieJar {
  readonly #jar: JarOfTough = new ToughJar(new BoundedStore(), {
    rejectPublicSuffixes: true,
    prefixSecurity: 'silent',
  });

  /**
   * Reads the format of curl, wget and browser extensions: seven fields separated by tabs (domain,
   * subdomains too, path, secure, expiry in Unix seconds or 0, name, value); `#HttpOnly_` before a
   * domain, other `#` lines are comments. Throws `config` naming the line, never what it holds.
   */
  static fromNetscape(text: string): CookieJar {
    const jar = new CookieJar();
    const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '' || /^#(?!HttpOnly_)/i.test(line)) continue;
      try {
        const { cookie, url } = parseNetscapeLine(line);
        jar.#jar.setCookieSync(cookie, url);
      } catch (cause) {
        const why = cause instanceof RangeError ? cause.message : 'its domain takes no cookies';
        throw new TrawlError('config', `Cookie file, line ${i + 1}: ${why}.`);
      }
    }
    return jar;
  }

  /** Value of the Cookie header for a request; undefined when no cookie fits. */
  header(url: string): string | undefined {
    return this.#jar.getCookieStringSync(url) || undefined;
  }

  /** Takes the Set-Cookie lines of an answer; those that break the rules are dropped, as browsers do. */
  store(url: string, setCookie: readonly string[]): void {
    const secure = url.startsWith('https:');
    for (const line of setCookie.slice(0, MAX_PER_DOMAIN)) {
      if (line.length > MAX_COOKIE_LENGTH) continue;
      const cookie = Cookie.parse(line);
      // RFC 6265bis 5.7: who cannot be trusted to keep a secure cookie may not set one either.
      if (cookie === undefined || (cookie.secure && !secure)) continue;
      this.#jar.setCookieSync(cookie, url, { ignoreError: true });
    }
  }
}

function parseNetscapeLine(line: string): { cookie: Cookie; url: string } {
  const httpOnly = /^#HttpOnly_/i.test(line);
  const fields = (httpOnly ? line.slice('#HttpOnly_'.length) : line).split('\t');
  // An empty value may have lost its tab.
  if (fields.length < 6 || fields.length > 7) {
    throw new RangeError(`expected 7 fields separated by tabs, found ${fields.length}`);
  }
  const [domain, subdomains, path, secure, expiry, key, value = ''] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
    string?,
  ];
  for (const flag of [subdomains, secure]) {
    if (!/^(TRUE|FALSE)$/i.test(flag)) throw new RangeError('fields 2 and 4 are TRUE or FALSE');
  }
  if (!/^-?\d{1,15}(\.\d+)?$/.test(expiry)) throw new RangeError('field 5 is a time in seconds');
  if (/[\0-\x1f\x7f;]/.test(key + value)) throw new RangeError('a control character or semicolon');

  const host = domain.replace(/^\./, '').toLowerCase();
  const url = `${/^TRUE$/i.test(secure) ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}/`;
  if (host === '' || !URL.canParse(url)) throw new RangeError('field 1 is no host name');
  // An address or a single label has no subdomains, and tough-cookie takes it for a public suffix.
  const shared = /^TRUE$/i.test(subdomains) && host.includes('.') && isIP(host) === 0;
  const seconds = Math.floor(Number(expiry));
  const cookie = new Cookie({
    key,
    value,
    path: path.startsWith('/') ? path : '/',
    secure: /^TRUE$/i.test(secure),
    httpOnly,
    ...(shared ? { domain: host } : {}),
    // 0 is a cookie of the browser's session; here it lasts as long as the run.
    expires: seconds <= 0 ? 'Infinity' : new Date(Math.min(seconds * 1000, 8.64e15)),
  });
  return { cookie, url };
}

/** Forgets the oldest cookie when there are too many: every one of them is a stranger's choice. */
class BoundedStore extends MemoryCookieStore {
  /** Domain to its cookies, both in the order in which they were last set. */
  readonly #domains = new Map<string, Map<string, Cookie>>();
  #count = 0;

  override putCookie(cookie: Cookie): Promise<void>;
  override putCookie(cookie: Cookie, callback: (error: Error | null) => void): void;
  override putCookie(
    cookie: Cookie,
    callback?: (error: Error | null) => void,
  ): Promise<void> | void {
    const domain = cookie.domain ?? '';
    const cookies = this.#domains.get(domain) ?? new Map<string, Cookie>();
    this.#domains.delete(domain);
    this.#domains.set(domain, cookies);
    const id = `${cookie.path}\n${cookie.key}`;
    this.#count += cookies.delete(id) ? 0 : 1;
    cookies.set(id, cookie);
    if (cookies.size > MAX_PER_DOMAIN) this.#dropOldest(domain, cookies);
    if (this.#count > MAX_COOKIES) this.#dropOldest(...this.#domains.entries().next().value!);
    return callback === undefined ? super.putCookie(cookie) : super.putCookie(cookie, callback);
  }

  override removeCookie(domain: string, path: string, key: string): Promise<void>;
  override removeCookie(
    domain: string,
    path: string,
    key: string,
    callback: (error: Error | null) => void,
  ): void;
  override removeCookie(
    domain: string,
    path: string,
    key: string,
    callback?: (error: Error | null) => void,
  ): Promise<void> | void {
    const cookies = this.#domains.get(domain);
    if (cookies?.delete(`${path}\n${key}`)) this.#count--;
    if (cookies?.size === 0) this.#domains.delete(domain);
    return callback === undefined
      ? super.removeCookie(domain, path, key)
      : super.removeCookie(domain, path, key, callback);
  }

  #dropOldest(domain: string, cookies: Map<string, Cookie>): void {
    const { path, key } = cookies.values().next().value!;
    this.removeCookie(domain, path!, key, () => {});
  }
}
