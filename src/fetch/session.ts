/** What the pool says of itself and its user in each request, and to whom. */
import { readFile } from 'node:fs/promises';
import { TrawlError } from '../errors.ts';
import type { CookieJar } from './cookies.ts';
import type { FetchPurpose } from './events.ts';
import type { Netrc } from './netrc.ts';
import type { FetchSettings } from './options.ts';
import { isSecretHeader } from './redact.ts';

export interface HeaderInput {
  readonly url: URL;
  readonly purpose: FetchPurpose;
  readonly accept?: string | undefined;
  readonly referrer?: string | undefined;
  /** Basic credentials that the address itself held, with the origin they are meant for. */
  readonly credentials?: UrlCredentials | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly range?: { readonly from: number; readonly ifRange: string } | undefined;
}

export interface UrlCredentials {
  readonly origin: string;
  readonly authorization: string;
}

/** As Firefox asks, without the encodings browsers alone need. */
const ACCEPT: Readonly<Record<FetchPurpose, string>> = {
  page: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  sheet: 'text/css,*/*;q=0.1',
  manifest: '*/*',
  image: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  robots: 'text/plain,*/*;q=0.5',
};

export class Session {
  readonly #settings: FetchSettings;
  readonly #netrc: Netrc | undefined;
  readonly #namedHosts = new Set<string>();
  readonly #open: Readonly<Record<string, string>>;
  readonly #secret: Readonly<Record<string, string>>;
  #jar: CookieJar | undefined;

  private constructor(
    settings: FetchSettings,
    jar: CookieJar | undefined,
    netrc: Netrc | undefined,
  ) {
    this.#settings = settings;
    this.#jar = jar;
    this.#netrc = netrc;
    const headers = Object.entries(settings.headers).map(checkHeader);
    this.#open = Object.fromEntries(headers.filter(([name]) => !isSecretHeader(name)));
    this.#secret = Object.fromEntries(headers.filter(([name]) => isSecretHeader(name)));
  }

  /** Reads the files the user named. Throws `config` or `usage`. */
  static async open(settings: FetchSettings): Promise<Session> {
    let jar: CookieJar | undefined;
    if (settings.cookies !== undefined) {
      const text = await readConfigured('cookie', settings.cookies);
      jar = (await import('./cookies.ts')).CookieJar.fromNetscape(text);
    }
    let netrc: Netrc | undefined;
    if (settings.netrc !== undefined) {
      const text = await readConfigured('netrc', settings.netrc);
      netrc = (await import('./netrc.ts')).parseNetrc(text);
    }
    return new Session(settings, jar, netrc);
  }

  /** The user named this host: it may get the secret headers. */
  trust(url: URL): void {
    this.#namedHosts.add(url.host);
  }

  headers(input: HeaderInput): Record<string, string> {
    const { url, purpose, range } = input;
    const named = this.#namedHosts.has(url.host);
    const headers: Record<string, string> = {
      'user-agent': this.#settings.userAgent,
      accept: input.accept ?? ACCEPT[purpose],
      // Images are packed already; and only plain bodies can be continued.
      'accept-encoding': purpose === 'image' ? 'identity' : 'gzip, br',
    };
    if (input.referrer !== undefined) headers.referer = input.referrer;
    const authorization = this.#authorization(input, named);
    if (authorization !== undefined) headers.authorization = authorization;
    const cookie = this.cookie(url);
    if (cookie !== undefined) headers.cookie = cookie;
    Object.assign(headers, this.#open);
    if (named) Object.assign(headers, this.#secret);
    if (named && cookie !== undefined && this.#secret.cookie !== undefined) {
      headers.cookie = `${cookie}; ${this.#secret.cookie}`;
    }
    if (input.etag !== undefined) headers['if-none-match'] = input.etag;
    if (input.lastModified !== undefined) headers['if-modified-since'] = input.lastModified;
    if (range) {
      headers.range = `bytes=${range.from}-`;
      headers['if-range'] = range.ifRange;
      headers['accept-encoding'] = 'identity';
    }
    return headers;
  }

  cookie(url: URL): string | undefined {
    return this.#jar?.header(url.href);
  }

  async storeCookies(url: URL, lines: string | string[] | undefined): Promise<void> {
    if (lines === undefined) return;
    // Most image hosts set none, and the cookie library takes time to load.
    this.#jar ??= new (await import('./cookies.ts')).CookieJar();
    this.#jar.store(url.href, typeof lines === 'string' ? [lines] : lines);
  }

  #authorization({ url, credentials }: HeaderInput, named: boolean): string | undefined {
    if (credentials?.origin === url.origin) return credentials.authorization;
    // A page may make us ask any host; without TLS the password would travel in the clear for it.
    if (!this.#netrc || !(named || url.protocol === 'https:')) return undefined;
    const found = this.#netrc.credentials(url.hostname);
    return found && basic(found.login, found.password);
  }
}

/** Takes the credentials out of an address. */
export function takeCredentials(url: URL): UrlCredentials | undefined {
  if (url.username === '' && url.password === '') return undefined;
  const authorization = basic(unescaped(url.username), unescaped(url.password));
  url.username = '';
  url.password = '';
  return { origin: url.origin, authorization };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Headers that the transport sets itself, or that would cut the message short. */
const RESERVED =
  /^(connection|content-length|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-authorization|range|if-range)$/;

function checkHeader([name, value]: [string, string]): [string, string] {
  const lower = name.trim().toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower)) {
    throw new TrawlError('usage', `${JSON.stringify(name)} is no header name`);
  }
  if (RESERVED.test(lower)) throw new TrawlError('usage', `The header ${name} cannot be set`);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
    throw new TrawlError(
      'usage',
      `The value of the header ${name} holds characters HTTP does not allow`,
    );
  }
  return [lower, value.trim()];
}

/** The text of a file that an option names. Throws `config`. */
export async function readConfigured(what: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TrawlError('config', `The ${what} file ${path} cannot be read (${code})`, { cause });
  }
}
