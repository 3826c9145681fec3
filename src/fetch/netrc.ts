/**
 * The .netrc format of ftp(1) as curl reads it: `machine HOST login NAME password SECRET`, words
 * separated by white space, quoted where they hold some. Error texts never show a word of the file.
 */
import { TrawlError } from '../errors.ts';

export interface Credentials {
  readonly login: string;
  readonly password: string;
}

export interface Netrc {
  /** Those of the first entry for the host, else of `default`. A port or IPv6 brackets do not matter. */
  credentials(host: string): Credentials | undefined;
}

/** Throws `config`, naming the line. */
export function parseNetrc(text: string): Netrc {
  const machines = new Map<string, Credentials>();
  let fallback: Credentials | undefined;
  const words = new Words(text);

  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word === 'machine') {
      const host = hostName(words.value('machine'));
      const credentials = readEntry(words);
      // The first entry of a host holds, as in curl.
      if (!machines.has(host)) machines.set(host, credentials);
    } else if (word === 'default') {
      const credentials = readEntry(words);
      fallback ??= credentials;
    } else if (word === 'macdef') {
      words.skipMacro();
    } else {
      words.fail('expected "machine", "default" or "macdef" (quote values that hold spaces)');
    }
  }
  return { credentials: (host) => machines.get(hostName(host)) ?? fallback };
}

function readEntry(words: Words): Credentials {
  let login = '';
  let password = '';
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    if (word === 'login') {
      words.next();
      login = words.value('login');
    } else if (word === 'password') {
      words.next();
      password = words.value('password');
    } else if (word === 'account') {
      // A second password of some FTP servers; HTTP has no place for it.
      words.next();
      words.value('account');
    } else if (word === 'macdef') {
      words.next();
      words.skipMacro();
    } else break;
  }
  return { login, password };
}

function hostName(host: string): string {
  const bare = /^\[(.*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/^([^:]*):\d+$/, '$1');
  return bare.toLowerCase().replace(/\.$/, '');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

class Words {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '');
  }

  /** The next keyword; comments may stand before it. */
  next(): string | undefined {
    this.#skipSpace();
    while (this.#text[this.#at] === '#') {
      this.#at = this.#lineEnd();
      this.#skipSpace();
    }
    return this.#word();
  }

  peek(): string | undefined {
    const at = this.#at;
    const word = this.next();
    this.#at = at;
    return word;
  }

  /** The word after a keyword: may begin with `#` and be quoted. */
  value(keyword: string): string {
    this.#skipSpace();
    return this.#word() ?? this.fail(`"${keyword}" has no value`);
  }

  /** A macro reaches to the next empty line. */
  skipMacro(): void {
    const end = /\r?\n[ \t]*(\r?\n|$)/g;
    end.lastIndex = this.#at;
    this.#at = end.exec(this.#text) === null ? this.#text.length : end.lastIndex;
  }

  fail(what: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new TrawlError('config', `netrc file, line ${line}: ${what}.`);
  }

  #word(): string | undefined {
    if (this.#at >= this.#text.length) return undefined;
    if (this.#text[this.#at] === '"') return this.#quoted();
    const end = /\s|$/g;
    end.lastIndex = this.#at;
    const word = this.#text.slice(this.#at, end.exec(this.#text)!.index);
    this.#at += word.length;
    return word;
  }

  #quoted(): string {
    const quoted = /"((?:[^"\\\r\n]|\\[^\r\n])*)"/y;
    quoted.lastIndex = this.#at;
    const match = quoted.exec(this.#text);
    if (match === null) this.fail('a quoted word does not end on its line');
    this.#at = quoted.lastIndex;
    return match[1]!.replace(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
  }

  #skipSpace(): void {
    const space = /\s*/y;
    space.lastIndex = this.#at;
    space.exec(this.#text);
    this.#at = space.lastIndex;
  }

  #lineEnd(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end === -1 ? this.#text.length : end;
  }
}
