/**
 * What hostile images cost: `imgtrawl hash` on each file of fixtures/bombs, time and peak memory above
 * those of a run on a tiny good PNG, and how it ended. Over the limits, or ended in another way than it
 * should, is marked and makes the exit code 1. As other programs may be busy, a run that took too long is
 * repeated twice, and the shortest counts. Needs GNU time (Debian: time) for CPU and memory.
 *
 *     node scripts/bench/bombs.ts [--only TEXT] [--seconds 1] [--megabytes 100]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { png } from '../../fixtures/assemble.ts';
import { BOMBS } from '../../fixtures/bombs/mod.ts';
import { type Cost, measure, median, table } from './measure.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '1' },
    megabytes: { type: 'string', default: '100' },
  },
});
const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'bench-bombs-'));

async function run(bytes: Uint8Array, type: string): Promise<Cost> {
  const file = join(scratch, `bomb.${type}`);
  await writeFile(file, bytes);
  const cost = await measure([executable, 'hash', '--json', file], { scratch, output: true });
  await rm(file);
  return cost;
}

/** What the program said of the file: `taken`, or the error. */
function endOf({ output, exit, errors }: Cost): { end: string; message: string } {
  try {
    const { error } = JSON.parse(output) as { error?: { code: string; message: string } };
    return error ? { end: error.code, message: error.message } : { end: 'taken', message: '' };
  } catch {
    return { end: `exit ${exit}`, message: errors };
  }
}

try {
  const good: Cost[] = [];
  for (let i = 0; i < 5; i++) good.push(await run(png(), 'png'));
  const base = {
    wall: median(good.map((c) => c.wall)),
    cpu: median(good.map((c) => c.cpu)),
    memory: median(good.map((c) => c.memory)),
  };
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  console.log(
    `a good PNG of 200 pixels: ${base.wall.toFixed(2)} s, ${base.cpu.toFixed(2)} s of CPU, ${mb(base.memory)} MB`,
  );
  const rows = [['above that', 'file, KB', 'seconds', 'CPU s', 'MB', 'end', '']];
  let wrong = 0;
  for (const bomb of BOMBS) {
    if (!bomb.name.includes(values.only)) continue;
    const bytes = bomb.make();
    let cost = await run(bytes, bomb.type);
    for (let again = 0; again < 2 && cost.wall - base.wall > Number(values.seconds); again++) {
      const next = await run(bytes, bomb.type);
      if (next.wall < cost.wall) cost = next;
    }
    const { end, message } = endOf(cost);
    const wall = cost.wall - base.wall;
    const memory = cost.memory - base.memory;
    const faults = [
      ...(wall > Number(values.seconds) && !bomb.allowed ? ['slow'] : []),
      ...(memory > Number(values.megabytes) * 1e6 && !bomb.allowed ? ['large'] : []),
      ...(end === bomb.end ? [] : [`not ${bomb.end}`]),
    ];
    const note = bomb.allowed ? ['as large as allowed'] : [];
    if (faults.length > 0) wrong++;
    const size = (bytes.length / 1000).toFixed(0);
    const cpu = (cost.cpu - base.cpu).toFixed(2);
    const remarks = [...faults, ...note].join(', ');
    rows.push([bomb.name, size, wall.toFixed(2), cpu, mb(memory), end, remarks]);
    process.stderr.write(`${bomb.name}: ${end} ${message} ${faults.join(', ')}\n`);
  }
  console.log(table(rows));
  console.log(`${rows.length - 1} files, ${wrong} not as they should be`);
  if (wrong > 0) process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
