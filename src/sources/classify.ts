/** What one argument of the command line means. */

import { stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrawlError } from '../errors.ts';
import { resolveAddress } from './address.ts';

export type SourceArgument =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'stdin' }
  /** An existing file; `path` is absolute, `name` as the user wrote it. */
  | { readonly kind: 'file'; readonly path: string; readonly name: string }
  /** A fast-glob pattern, relative to the working folder. */
  | { readonly kind: 'glob'; readonly pattern: string };

/**
 * In this order: `-`, an http(s) address, a file that exists under exactly this name (even one
 * with glob characters in it), a glob, an address without its scheme (see host-like.ts).
 * Throws `invalid-url` or `usage` with a hint for everything else.
 */
export async function classifyArgument(argument: string, cwd: string): Promise<SourceArgument> {
  const arg = argument.trim();
  if (arg === '') throw new TrawlError('usage', 'a source is empty; give an address, a file or -');
  if (arg === '-') return { kind: 'stdin' };
  if (arg.includes('\0')) throw new TrawlError('usage', 'a source holds a NUL character');
  if (/^https?:/i.test(arg)) return { kind: 'url', url: webAddress(arg) };
  if (/^file:/i.test(arg)) return existing(filePath(arg), arg);

  const path = isAbsolute(argument) ? argument : resolve(cwd, argument);
  const found = await kindOf(path);
  if (found === 'file') return { kind: 'file', path, name: argument };
  if (found === 'folder') throw isFolder(argument);

  // The list of public suffixes takes 13 ms to load.
  const { hostAddress } = await import('./host-like.ts');
  const withoutScheme = hostAddress(arg);
  if (/[*?]|\[.+\]|\{.+\}|^!|[@+]\(/.test(arg)) {
    // `example.com/page?id=1` holds a glob character too; a pattern that names no file loses.
    if (withoutScheme === undefined || (await expandGlob(argument, cwd)).length > 0) {
      return { kind: 'glob', pattern: argument };
    }
  }
  if (withoutScheme !== undefined) return { kind: 'url', url: withoutScheme };
  throw notFound(arg, hostAddress(`${arg}/`));
}

/** The same for all of them. Throws `usage` also for none, and for standard input twice. */
export async function classifyArguments(
  args: readonly string[],
  cwd: string,
): Promise<SourceArgument[]> {
  if (args.length === 0) {
    throw new TrawlError('usage', 'no source: give an address, a file, a glob or - for a list');
  }
  const sources: SourceArgument[] = [];
  for (const arg of args) sources.push(await classifyArgument(arg, cwd));
  if (sources.filter(({ kind }) => kind === 'stdin').length > 1) {
    throw new TrawlError('usage', '- (standard input) can be read only once');
  }
  return sources;
}

/** Absolute paths of the files that match, sorted. `~` is the shell's business, not ours. */
export async function expandGlob(pattern: string, cwd: string): Promise<string[]> {
  // 30–40 ms to load, which a run on addresses need not pay.
  const { default: glob } = await import('fast-glob');
  const paths = await glob(pattern, { cwd, absolute: true, onlyFiles: true, unique: true });
  return paths.sort();
}

function webAddress(arg: string): string {
  const url = /^https?:\/\/[^/]/i.test(arg) ? resolveAddress(arg, undefined) : undefined;
  if (url === undefined) {
    throw new TrawlError('invalid-url', `not a valid address: ${arg} (expected https://host/path)`);
  }
  return url;
}

function filePath(arg: string): string {
  try {
    return fileURLToPath(arg);
  } catch (cause) {
    throw new TrawlError('invalid-url', `not a local file address: ${arg}`, { cause });
  }
}

async function existing(path: string, name: string): Promise<SourceArgument> {
  const found = await kindOf(path);
  if (found === 'file') return { kind: 'file', path, name: path };
  if (found === 'folder') throw isFolder(path);
  throw new TrawlError('usage', `no such file: ${name}`);
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    // Devices and pipes (/dev/stdin, a process substitution) are read like files.
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function isFolder(name: string): TrawlError {
  const pattern = `${name.replace(/\/+$/, '')}/**/*.html`;
  return new TrawlError('usage', `${name} is a folder; name its files with a glob: '${pattern}'`);
}

function notFound(arg: string, asHost: string | undefined): TrawlError {
  const scheme = /^([a-z][a-z0-9+.-]*):(\/\/)?/i.exec(arg);
  if (scheme?.[2] !== undefined || /^(?:data|javascript|about|blob|mailto|ftp):/i.test(arg)) {
    const near = /^h?t+p?s?$/i.test(scheme?.[1] ?? '') || /^http/i.test(scheme?.[1] ?? '');
    const hint = near ? '; did you mean https://?' : '; only http, https and local files are read';
    return new TrawlError('invalid-url', `unknown scheme ${scheme?.[1]}: in ${arg}${hint}`);
  }
  if (arg.startsWith('~')) {
    return new TrawlError(
      'usage',
      `no such file: ${arg} (~ is expanded by the shell when unquoted)`,
    );
  }
  const orAddress = asHost === undefined ? '' : ` (for the address write ${asHost})`;
  return new TrawlError('usage', `no such file: ${arg}${orAddress}`);
}
