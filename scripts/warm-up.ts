/**
 * Does jobs with the program, one after the other, and then writes V8's code cache of each of its scripts
 * beside it. Jobs that fail, and a cache that V8 would not take, are errors.
 *
 *     node scripts/warm-up.ts FOLDER JOB..      each job a command line, as JSON
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { ProgramScripts, SCRIPTS } from '../src/runtime/program-scripts.ts';

const [folder, ...jobs] = process.argv.slice(2) as [string, ...string[]];
const read = (name: string) => readFileSync(join(folder, name));
const program = new ProgramScripts((name) => (name.endsWith('.cache') ? undefined : read(name)));
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
  program.run(createRequire(import.meta.url));
}

function finish(): void {
  process.off('beforeExit', next);
  if (program.loaded.size < SCRIPTS.length) throw new Error('no job needed the second script');
  for (const [name, script] of program.loaded) {
    const cachedData = script.createCachedData();
    const text = read(`${name}.js`).toString('latin1');
    if (new Script(text, { filename: `${name}.js`, cachedData }).cachedDataRejected) {
      throw new Error('V8 does not take its own code cache');
    }
    writeFileSync(join(folder, `${name}.cache`), cachedData);
  }
}

process.on('beforeExit', next);
