/**
 * The tutorial's own job: fifteen photos without an extension, 200 ms away, one by one and as it
 * comes by default.
 *
 *     node scripts/bench/tutorial.ts [--runs 5]
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { arrived } from './arrived.ts';
import { imgtrawl } from './downloaders.ts';
import { measure, median, table } from './measure.ts';
import { startServer } from './server.ts';

const LATENCY = 200;
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const ways = [imgtrawl('-j 1', '-j', '1'), imgtrawl('default')];
if (ways[0]!.missing !== undefined) throw new Error(ways[0]!.missing);

await using server = await startServer({
  files: 15,
  bytes: 1_300_000,
  latency: LATENCY,
  names: 'tutorial',
});
const names = new Map(server.urls.map((url, i) => [server.sums[i]!, `${basename(url)}.jpg`]));
const scratch = await mkdtemp(join(tmpdir(), 'bench-tutorial-'));
const walls = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
let wrong = 0;
try {
  for (let i = 0; i < Number(values.runs); i++) {
    for (const way of i % 2 === 0 ? ways : ways.toReversed()) {
      const out = join(scratch, 'out');
      await mkdir(out);
      const command = await way.prepare({ urls: server.urls, out, scratch, faulty: false });
      const { wall, exit, errors } = await measure(command, { scratch });
      const { whole, corrupt, files } = await arrived(out, server.sums);
      const misnamed = [...files].filter(([sum, path]) => basename(path) !== names.get(sum));
      if (exit !== 0 || whole !== 15 || corrupt.length > 0 || misnamed.length > 0) {
        wrong++;
        console.log(
          `${way.name}: exit ${exit}, ${whole} whole, ${misnamed.length} misnamed`,
          errors,
        );
      }
      walls.get(way.name)!.push(wall);
      await rm(out, { recursive: true });
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const [sequential, concurrent] = ways.map(({ name }) => median(walls.get(name)!));
console.log(
  table([
    ['15 photos, 200 ms away', 'wall s', '/floor'],
    ['-j 1', sequential!.toFixed(2), (sequential! / ((15 * LATENCY) / 1000)).toFixed(2)],
    ['default', concurrent!.toFixed(2), (concurrent! / (LATENCY / 1000)).toFixed(2)],
  ]),
);
console.log(`\n${(sequential! / concurrent!).toFixed(1)} times as fast; floor: 15 latencies and 1`);
if (wrong > 0) process.exitCode = 1;
