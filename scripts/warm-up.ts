/**
 * Does jobs with the program, one after the other, and then writes V8's code cache of it. Jobs that
 * fail, and a cache that V8 would not take, are errors.
 *
 *     node scripts/warm-up.ts PROGRAM CACHE JOB..      each job a command line, as JSON
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';
import { Script } from 'node:vm';

const [program, cache, ...jobs] = process.argv.slice(2) as [string, string, ...string[]];
const text = readFileSync(program, 'latin1');
const filename = 'imgtrawl.js';
const script = new Script(text, { filename });
const node = process.argv[0] as string;

/** A job is done when nothing is left to wait for. */
function next(): void {
  if (process.exitCode) throw new Error(`a job ended with exit code ${process.exitCode}`);
  const job = jobs.shift();
  if (job === undefined) {
    finish();
    return;
  }
  process.argv = [node, 'imgtrawl', ...JSON.parse(job)];
  script.runInThisContext()(createRequire(import.meta.url));
}

function finish(): void {
  process.off('beforeExit', next);
  const cachedData = script.createCachedData();
  if (new Script(text, { filename, cachedData }).cachedDataRejected) {
    throw new Error('V8 does not take its own code cache');
  }
  writeFileSync(cache, cachedData);
}

process.on('beforeExit', next);
