/** The worker's bundle, for tests that run without a build before. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildWorker } from '../../scripts/worker-bundle.ts';

export async function ensureWorker(): Promise<void> {
  const assets = fileURLToPath(new URL('../../dist/assets/', import.meta.url));
  if (!existsSync(`${assets}inspect-worker.js`)) await buildWorker(assets);
}
