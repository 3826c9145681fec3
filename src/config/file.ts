/** The config file: where it lies, what may stand in it, and jobs read from it. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import process from 'node:process';
import type { Node } from 'jsonc-parser';
import { TrawlError } from '../errors.ts';
import { parseCron } from '../schedule/cron.ts';
import { hasType, optionSchema, typesText } from './json-schema.ts';
import { ConfigText, entries } from './jsonc.ts';
import { explain, type RawOptions } from './load.ts';
import { nearest } from './nearest.ts';
import { flagName, OPTIONS, type OptionName, optionEntries } from './schema.ts';

export const CONFIG_NAME = 'imgtrawl.json';

/** One job of the file, checked. */
export interface Job {
  readonly name: string;
  readonly sources: readonly string[];
  /** Cron syntax, five fields. */
  readonly schedule?: string;
  readonly options: RawOptions;
}

export interface Config {
  /** Absolute path of the file. */
  readonly file: string;
  readonly defaults: RawOptions;
  readonly jobs: readonly Job[];
}

/**
 * The file named, or else the nearest `imgtrawl.json` upwards from `cwd`, or else the one in the
 * user's config folder. Undefined when there is none.
 */
export function findConfig(named: string | undefined, cwd: string): string | undefined {
  if (named !== undefined) {
    const file = resolve(cwd, named);
    if (!existsSync(file)) throw new TrawlError('config', `there is no config file ${file}`);
    return file;
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_NAME);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) break;
  }
  const folder = process.env.XDG_CONFIG_HOME || join(process.env.HOME || homedir(), '.config');
  const file = join(folder, 'imgtrawl', CONFIG_NAME);
  return existsSync(file) ? file : undefined;
}

/** The same for who cannot do without: throws TrawlError `config` when there is none. */
export function requireConfig(named: string | undefined, cwd: string): string {
  const file = findConfig(named, cwd);
  if (file !== undefined) return file;
  const message = `there is no ${CONFIG_NAME} here or above; see imgtrawl config init`;
  throw new TrawlError('config', message);
}

/** Throws TrawlError `config` that names file, line and column, the rule, and the nearest known key. */
export function readConfig(
  file: string,
  env: Record<string, string | undefined> = process.env,
): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TrawlError('config', `${file} cannot be read (${code})`, { cause });
  }
  return parseConfig(file, text, env);
}

export function parseConfig(
  file: string,
  text: string,
  env: Record<string, string | undefined>,
): Config {
  const reader = new Reader(new ConfigText(file, text), dirname(file), env);
  return reader.config();
}

const TOP = ['$schema', 'defaults', 'jobs'];
const JOB_ONLY = ['sources', 'schedule'];

/** Names by which the file may call an option: the flag's, or the same in camel case. */
const KEYS = new Map<string, OptionName>(
  optionEntries
    .filter(([, option]) => !option.flagOnly && option.on.includes('get'))
    .flatMap(([name]) => [
      [flagName(name), name],
      [name, name],
    ]),
);

/** The names that are shown, each once. */
export const configKeys: readonly string[] = [...new Set([...KEYS.values()].map(flagName))];

class Reader {
  readonly #text: ConfigText;
  readonly #folder: string;
  readonly #env: Record<string, string | undefined>;

  constructor(text: ConfigText, folder: string, env: Record<string, string | undefined>) {
    this.#text = text;
    this.#folder = folder;
    this.#env = env;
  }

  config(): Config {
    const { root } = this.#text;
    this.#expect(root, 'object', 'the configuration');
    let defaults: RawOptions = {};
    let jobs: Job[] = [];
    for (const [key, value] of entries(root)) {
      if (key.value === 'defaults') defaults = this.#options(value, 'defaults');
      else if (key.value === 'jobs') jobs = this.#jobs(value);
      else if (key.value === '$schema') this.#expect(value, 'string', '"$schema"');
      else throw this.#unknown(key, TOP);
    }
    return { file: this.#text.file, defaults, jobs };
  }

  #jobs(node: Node): Job[] {
    this.#expect(node, 'object', '"jobs"');
    return [...entries(node)].map(([key, value]) => {
      if (!/^[\w][\w.-]*$/.test(key.value)) {
        throw this.#text.error(
          key,
          `a job's name is letters, digits, "-", "_" and "."; got "${key.value}"`,
        );
      }
      return this.#job(key, value);
    });
  }

  #job(key: Node, node: Node): Job {
    const options = this.#options(node, `job "${key.value}"`, JOB_ONLY);
    let sources: string[] | undefined;
    let schedule: string | undefined;
    for (const [name, value] of entries(node)) {
      if (name.value === 'sources') sources = this.#sources(value);
      if (name.value === 'schedule') schedule = this.#schedule(value);
    }
    if (sources === undefined) throw this.#text.error(key, `job "${key.value}" has no "sources"`);
    return { name: key.value, sources, options, ...(schedule !== undefined && { schedule }) };
  }

  #sources(node: Node): string[] {
    const values = node.type === 'string' ? [node] : (node.children ?? []);
    if ((node.type !== 'string' && node.type !== 'array') || values.length === 0) {
      throw this.#text.error(node, '"sources" must be an address, a path, or a list of them');
    }
    return values.map((value) => {
      this.#expect(value, 'string', 'a source');
      const source = this.#expand(value);
      const isPath = !/^[a-z][a-z0-9+.-]*:/i.test(source) && source !== '-';
      // A name that is no file here is left alone: it may be a host without its scheme.
      const path = resolve(this.#folder, source);
      return isPath && (existsSync(path) || /[*?[{]/.test(source)) ? path : source;
    });
  }

  #schedule(node: Node): string {
    this.#expect(node, 'string', '"schedule"');
    try {
      parseCron(node.value);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw this.#text.error(node, `"${node.value}" is no cron expression: ${why}`);
    }
    return node.value;
  }

  #options(node: Node, where: string, further: readonly string[] = []): RawOptions {
    this.#expect(node, 'object', where);
    const raw: Partial<Record<OptionName, unknown>> = {};
    for (const [key, value] of entries(node)) {
      if (further.includes(key.value)) continue;
      const name = KEYS.get(key.value);
      if (name === undefined) throw this.#unknown(key, [...configKeys, ...further]);
      if (name in raw)
        throw this.#text.error(
          key,
          `the key "${key.value}" appears twice (as "${flagName(name)}")`,
        );
      raw[name] = this.#option(name, key, value);
    }
    return raw;
  }

  #option(name: OptionName, key: Node, node: Node): unknown {
    const value = this.#plain(node);
    const option = OPTIONS[name];
    const json = JSON.stringify(value);
    const parsed = option.takes.schema.safeParse(value);
    if (value === null || !parsed.success) {
      const rule = parsed.success ? 'a value is needed' : explain(parsed.error.issues[0]);
      throw this.#text.error(node, `"${key.value}": ${rule}; got ${json}`);
    }
    const types = optionSchema(option.takes, '');
    if (!hasType(types, value)) {
      const rule = typesText(types);
      throw this.#text.error(node, `"${key.value}": expected ${rule}; got ${json}`);
    }
    return 'path' in option && typeof value === 'string' ? this.#path(value) : value;
  }

  #path(value: string): string {
    return isAbsolute(value) ? value : join(this.#folder, value);
  }

  #plain(node: Node): unknown {
    switch (node.type) {
      case 'string':
        return this.#expand(node);
      case 'array':
        return (node.children ?? []).map((child) => this.#plain(child));
      case 'object':
        return Object.fromEntries(
          [...entries(node)].map(([key, value]) => [key.value, this.#plain(value)]),
        );
      default:
        return node.value;
    }
  }

  /** `${NAME}` by the environment; `$${` is a plain `${`. */
  #expand(node: Node): string {
    return (node.value as string).replace(/\$\$\{|\$\{([^}]*)\}/g, (whole, name?: string) => {
      if (name === undefined) return '${';
      const value = this.#env[name];
      if (value === undefined)
        throw this.#text.error(node, `${whole}: the environment has no ${name}`);
      return value;
    });
  }

  #expect(node: Node, type: Node['type'], what: string): void {
    if (node.type !== type)
      throw this.#text.error(node, `${what} must be ${type === 'object' ? 'an' : 'a'} ${type}`);
  }

  #unknown(key: Node, known: readonly string[]): TrawlError {
    const near = nearest(key.value, known);
    const hint = near === undefined ? `known are ${known.join(', ')}` : `did you mean "${near}"?`;
    return this.#text.error(key, `unknown key "${key.value}"; ${hint}`);
  }
}
