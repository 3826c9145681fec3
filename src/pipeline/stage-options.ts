/** What each stage is told, taken from the options of a job. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../config/schema.ts';
import { TrawlError } from '../errors.ts';
import type { ExtractOptions, PlaceKind } from '../extract/mod.ts';
import type { FetchOptions } from '../fetch/mod.ts';
import type { InspectOptions } from '../inspect/mod.ts';

const KINDS = ['content', 'links', 'meta', 'css', 'icons', 'all'] as const;

export function extractOptions(options: Options): ExtractOptions {
  const { from, include, exclude, selector, preferType, dataUrls, upgrade } = options;
  const kinds = from.flatMap((value) => value.split(',')).map((value) => value.trim());
  for (const kind of kinds) {
    if (!KINDS.includes(kind as PlaceKind)) {
      throw new TrawlError('usage', `--from: expected one of ${KINDS.join(', ')}; got "${kind}"`);
    }
  }
  return {
    ...(kinds.length > 0 && { from: kinds as PlaceKind[] }),
    ...(selector !== undefined && { selector }),
    include,
    exclude,
    preferType,
    dataUrls,
    upgrade,
  };
}

export function fetchOptions(options: Options, partialDir?: string): FetchOptions {
  const { header, netrc, netrcFile, ...rest } = options;
  const file = netrcFile ?? (netrc ? join(homedir(), '.netrc') : undefined);
  return {
    ...pick(rest, [
      'concurrency',
      'perHost',
      'delay',
      'rate',
      'bandwidth',
      'retries',
      'timeout',
      'maxBytes',
      'maxPageBytes',
      'maxWait',
      'maxTotalBytes',
      'userAgent',
      'cookies',
      'proxy',
      'ca',
      'insecure',
      'allowPrivate',
      'robots',
      'http2',
    ]),
    headers: headers(header),
    netrc: file,
    partialDir,
  };
}

export function inspectOptions(options: Options): InspectOptions {
  const { workers, decodeTimeout, maxPixels, isolate } = options;
  return { decodeTimeout, maxPixels, isolate, ...(workers !== undefined && { workers }) };
}

function headers(lines: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/.exec(line);
    if (!match)
      throw new TrawlError(
        'usage',
        `--header: expected "Name: value"; got ${JSON.stringify(line)}`,
      );
    result[match[1] as string] = match[2] as string;
  }
  return result;
}

export function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}
