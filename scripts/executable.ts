/** One executable out of the bundle and its assets, for this platform or for another one. */
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { DECODER_PARTS } from '../src/inspect/protocol.ts';
import { SCRIPTS } from '../src/runtime/program-scripts.ts';

/** Kept in step with `src/runtime/assets.ts`, which reads them. */
const OTHERS = ['inspect-worker.js', ...DECODER_PARTS, 'licenses.txt'];
const ASSETS = [...SCRIPTS.map((name) => `${name}.js`), ...OTHERS];
const CACHES = SCRIPTS.map((name) => `${name}.cache`);

/** What Node is told at each start. */
export const EXEC_ARGV: readonly string[] = [
  // The decode worker is a Web Worker; the warnings are about features that are stable enough for us.
  '--experimental-web-worker',
  '--disable-warning=ExperimentalWarning',
  // One nursery that suits a run from its start: no collection while modules load (with 8 MB there is one,
  // of 10 ms and more) nor while a handful of large images ends (as with 16), and no growth. With more, many
  // small images cost more time: fresh pages do.
  '--min-semi-space-size=20',
  '--max-semi-space-size=20',
];

export interface ExecutableOptions {
  /** Holds sea-main.cjs and assets/. */
  readonly dist: string;
  /** File to write. */
  readonly output: string;
  /** Node of another platform, of the version that builds. Default: the one that runs. */
  readonly node?: string;
}

export function buildExecutable({ dist, output, node }: ExecutableOptions): void {
  // V8's code caches fit only the Node that made them.
  const assets = node === undefined ? [...ASSETS, ...CACHES] : ASSETS;
  const config = {
    main: join(dist, 'sea-main.cjs'),
    ...(node !== undefined && { executable: node }),
    output,
    disableExperimentalSEAWarning: true,
    execArgv: EXEC_ARGV,
    assets: Object.fromEntries(assets.map((name) => [name, join(dist, 'assets', name)])),
  };
  const file = `${output}.sea.json`;
  writeFileSync(file, JSON.stringify(config, undefined, 2));
  try {
    execFileSync(process.execPath, ['--build-sea', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  } finally {
    rmSync(file);
  }
  chmodSync(output, 0o755);
}
