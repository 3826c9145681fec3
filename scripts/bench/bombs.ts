/**
 * What hostile images cost: `imgtrawl hash` on each file of fixtures/bombs, time and peak memory above
 * those of a run on a small good SVG, for which the decoder is loaded as well, and how it ended; then
 * `imgtrawl get` of a page with all of them, which decodes them or (`--dedupe off`) reads their headers only. Over the limits, or ended in another way than it
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
import { BOMBS, type Bomb } from '../../fixtures/bombs/mod.ts';
import { serve } from '../../fixtures/serve.ts';
import { type Cost, measure, median, table } from './measure.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '1' },
    megabytes: { type: 'string', default: '100' },
  },
});
const limits = { wall: Number(values.seconds), memory: Number(values.megabytes) * 1e6 };
const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'bench-bombs-'));
const mb = (bytes: number) => (bytes / 1e6).toFixed(0);

interface Line {
  readonly url?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

const linesOf = ({ output }: Cost): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

const endOf = (line: Line | undefined) => (line ? (line.error?.code ?? 'taken') : 'no answer');

async function hash(bytes: Uint8Array, type: string): Promise<Cost> {
  const file = join(scratch, `bomb.${type}`);
  await writeFile(file, bytes);
  const cost = await measure([executable, 'hash', '--json', file], { scratch, output: true });
  await rm(file);
  return cost;
}

/** The quickest of up to three runs. */
async function hashBomb(bomb: Bomb, bytes: Uint8Array, base: Measured): Promise<Cost> {
  let best = await hash(bytes, bomb.type);
  for (let again = 0; again < 2 && best.wall - base.wall > limits.wall; again++) {
    const next = await hash(bytes, bomb.type);
    if (next.wall < best.wall) best = next;
  }
  return best;
}

type Measured = Pick<Cost, 'wall' | 'cpu' | 'memory'>;

const GOOD = new TextEncoder().encode(
  '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="32" height="64"/></svg>',
);

async function goodImage(): Promise<Measured> {
  const costs: Cost[] = [];
  for (let i = 0; i < 5; i++) costs.push(await hash(GOOD, 'svg'));
  const middle = (what: keyof Measured) => median(costs.map((cost) => cost[what]));
  return { wall: middle('wall'), cpu: middle('cpu'), memory: middle('memory') };
}

async function getAll(bombs: readonly Bomb[], dedupe: 'near' | 'off'): Promise<void> {
  const names = bombs.map(({ type }, i) => `/${i}.${type}`);
  const page = names.map((name) => `<img src="${name}">`).join('');
  const site = new Map([
    ['/', { type: 'text/html', body: `<!doctype html>${page}` as string | Uint8Array }],
  ]);
  for (const [i, bomb] of bombs.entries()) site.set(names[i]!, { type: '', body: bomb.make() });
  await using server = await serve(site);
  const command = [
    executable,
    `${server.origin}/`,
    '-o',
    join(scratch, `out-${dedupe}`),
    '--json',
    '--from',
    'all',
    '--dedupe',
    dedupe,
    '--retries',
    '0',
  ] as const;
  const cost = await measure([...command], { scratch, output: true });
  const lines = linesOf(cost);
  const other = bombs.filter((bomb, i) => {
    const line = lines.find(({ url }) => url === server.origin + names[i]);
    const end = endOf(line);
    const right = end === (dedupe === 'off' && bomb.decoderOnly ? 'taken' : bomb.end);
    if (!right) console.log(`get: ${bomb.name}: ${end} ${line?.error?.message ?? ''}`);
    return !right;
  });
  console.log(
    `get --dedupe ${dedupe} of a page with all: ${cost.wall.toFixed(1)} s, ${cost.cpu.toFixed(1)} s of CPU, ${mb(cost.memory)} MB, exit ${cost.exit}, ${other.length} of ${bombs.length} ended in another way`,
  );
  if (other.length > 0) process.exitCode = 1;
}

try {
  const bombs = BOMBS.filter(({ name }) => name.includes(values.only));
  const base = await goodImage();
  const { wall, cpu, memory } = base;
  console.log(`a good image: ${wall.toFixed(2)} s, ${cpu.toFixed(2)} s of CPU, ${mb(memory)} MB`);
  const rows = [['above that', 'file, KB', 'seconds', 'CPU s', 'MB', 'end', '']];
  let wrong = 0;
  for (const bomb of bombs) {
    const bytes = bomb.make();
    const cost = await hashBomb(bomb, bytes, base);
    const [line] = linesOf(cost);
    const end = endOf(line);
    const above = {
      wall: cost.wall - base.wall,
      cpu: cost.cpu - base.cpu,
      memory: cost.memory - base.memory,
    };
    const faults = [
      ...(above.wall > limits.wall && !bomb.allowed ? ['slow'] : []),
      ...(above.memory > limits.memory && !bomb.allowed ? ['large'] : []),
      ...(end === bomb.end ? [] : [`not ${bomb.end}`]),
    ];
    if (faults.length > 0) wrong++;
    const remarks = [...faults, ...(bomb.allowed ? ['as large as allowed'] : [])].join(', ');
    const costs = [above.wall.toFixed(2), above.cpu.toFixed(2), mb(above.memory)];
    rows.push([bomb.name, (bytes.length / 1000).toFixed(0), ...costs, end, remarks]);
    process.stderr.write(`${bomb.name}: ${end} ${line?.error?.message ?? ''} ${remarks}\n`);
  }
  console.log(table(rows));
  console.log(`${bombs.length} files, ${wrong} not as they should be`);
  if (wrong > 0) process.exitCode = 1;
  for (const dedupe of ['near', 'off'] as const) await getAll(bombs, dedupe);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
