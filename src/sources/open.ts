/** Opens the user's arguments: what must be fetched, and what lies on this machine. */

import { basename } from 'node:path';
import { TrawlError, toTrawlError } from '../errors.ts';
import { type Bytes, fileBytes, readWhole } from './bytes.ts';
import { classifyArguments, expandGlob, type SourceArgument } from './classify.ts';
import {
  DEFAULT_MAX_PAGE_BYTES,
  type ManifestFormat,
  type SourceBatches,
  type SourceOptions,
} from './item.ts';
import { readManifest } from './read.ts';

export interface SourceDeps {
  /** Standard input; called at most once. */
  readonly stdin: () => Bytes;
  /** Folder that relative paths start from. */
  readonly cwd: string;
}

/** One opened source. Streams can be iterated once, and must be before the next source is asked for. */
export type OpenedSource =
  /** To be fetched; `readManifest` says what arrived. */
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'items';
      readonly name: string;
      readonly format: ManifestFormat;
      readonly batches: SourceBatches;
    }
  | {
      readonly kind: 'local-page';
      readonly name: string;
      /** Absent for standard input. */
      readonly path?: string;
      readonly baseUrl?: string;
      /** The undecoded bytes; `too-large` beyond `maxPageBytes`. */
      read(): Promise<Uint8Array>;
    }
  | {
      readonly kind: 'local-image';
      readonly name: string;
      readonly path?: string;
      readonly bytes: Bytes;
    }
  /** Could not be read; the others can. */
  | { readonly kind: 'failed'; readonly name: string; readonly error: TrawlError };

/**
 * Yields the sources in the order given, a glob's files sorted. All arguments are checked before
 * the first is opened, so that a typing error costs nothing: throws `invalid-url` and `usage`.
 */
export async function* openSources(
  args: readonly string[],
  options: SourceOptions,
  deps: SourceDeps,
): AsyncGenerator<OpenedSource> {
  for (const source of await classifyArguments(args, deps.cwd)) {
    yield* openSource(source, options, deps);
  }
}

async function* openSource(
  source: SourceArgument,
  options: SourceOptions,
  { stdin, cwd }: SourceDeps,
): AsyncGenerator<OpenedSource> {
  switch (source.kind) {
    case 'url':
      yield source;
      return;
    case 'stdin':
      yield await openLocal(stdin(), 'standard input', undefined, options);
      return;
    case 'file':
      yield await openLocal(fileBytes(source.path), source.name, source.path, options);
      return;
    case 'glob': {
      const paths = await expandGlob(source.pattern, cwd);
      if (paths.length === 0) {
        const error = new TrawlError('source-unreadable', `no file matches ${source.pattern}`);
        yield { kind: 'failed', name: source.pattern, error };
      }
      for (const path of paths) {
        const name = path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
        yield await openLocal(fileBytes(path), name, path, options);
      }
    }
  }
}

async function openLocal(
  stream: Bytes,
  name: string,
  path: string | undefined,
  options: SourceOptions,
): Promise<OpenedSource> {
  const where = path === undefined ? { name } : { name, path };
  try {
    const hints = { name: basename(path ?? name), eager: path === undefined };
    const reading = await readManifest(stream, hints, options);
    if (reading.kind === 'items') return { ...reading, name };
    if (reading.kind === 'image') return { kind: 'local-image', ...where, bytes: reading.bytes };
    const limit = options.maxPageBytes ?? DEFAULT_MAX_PAGE_BYTES;
    const { baseUrl } = options;
    return {
      kind: 'local-page',
      ...where,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      read: () => readWhole(reading.bytes, limit, name),
    };
  } catch (error) {
    return { kind: 'failed', name, error: toTrawlError(error, 'source-unreadable') };
  }
}
