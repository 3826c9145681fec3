import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode } from '../../src/errors.ts';
import { TrawlError } from '../../src/errors.ts';
import type { FetchOptions } from '../../src/fetch/mod.ts';
import { FetchPool, type FetchPoolDeps, type FetchRequest } from '../../src/fetch/mod.ts';
import type { Fetched } from '../../src/model.ts';

/** A pool that retries without noticeable waits and reads no proxy from the machine it runs on. */
export function testPool(options: FetchOptions = {}, deps: FetchPoolDeps = {}): FetchPool {
  return new FetchPool({ retryBase: 0.01, robots: false, ...options }, { env: {}, ...deps });
}

export function image(url: string, more: Partial<FetchRequest> = {}): FetchRequest {
  return { url, purpose: 'image', ...more };
}

/** The error of a promise that must fail with one of ours. */
export async function failure(promise: Promise<unknown>): Promise<TrawlError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TrawlError) return error;
  throw new Error(`expected a TrawlError, got ${String(error)}`);
}

export async function codeOf(promise: Promise<unknown>): Promise<ErrorCode> {
  return (await failure(promise)).code;
}

/** The bytes of a body, wherever they are. */
export async function bodyOf({ body }: Fetched): Promise<Uint8Array> {
  return body.in === 'memory' ? body.bytes : new Uint8Array(await readFile(body.path));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function tempDir(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'imgtrawl-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
