/**
 * Damaged copies of good files of every format: does the inspector ever take for whole what the reference
 * decoder (sharp, native libvips) finds truncated, does it refuse what that takes, does anything crash or
 * hang? Each file goes through the inspector in this process, through `imgtrawl hash --json`, which has
 * to come to the same verdict, through sharp, and through Pillow (Debian: python3-pil), which is the
 * reference for BMP and icons and a second opinion on the others.
 *
 *     node --experimental-web-worker scripts/bench/bit-flips.ts [--files 20000] [--seed 1]
 *         [--only FORMAT] [--keep FOLDER: where the files of all disagreements go]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { damage } from '../../fixtures/damage.ts';
import { random } from '../../fixtures/photo.ts';
import { type Sample, samples } from '../../fixtures/samples.ts';
import { TrawlError } from '../../src/errors.ts';
import { createInspector } from '../../src/inspect/mod.ts';
import { table } from './measure.ts';
import { byExecutable, byPillow, bySharp, MAX_PIXELS, type Opinion, WHOLE } from './opinions.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    keep: { type: 'string' },
  },
});
const BATCH = 500;
const STRICT = { failOn: 'error', animated: true } as const;
interface Case {
  readonly number: number;
  readonly sample: Sample;
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Judged extends Case {
  /** A code and a message. */
  readonly ours: Opinion;
  /** Undefined where the reference does not know the format. */
  readonly reference: Opinion | undefined;
  /** What the reference says of all frames when it is strict; asked where it takes what we refuse. */
  readonly strict: Opinion | undefined;
  readonly second: Opinion | undefined;
}

const found = {
  judged: [] as Judged[],
  /** Lines of the executable that were missing, or said something else. */
  differing: [] as string[],
  exits: new Map<string, number>(),
  longest: { ms: 0, what: '' },
  replaced: 0,
};

await using inspector = createInspector({
  maxPixels: MAX_PIXELS,
  onEvent: ({ type }) => {
    if (type === 'replaced') found.replaced++;
  },
});

async function inspect({ bytes, number, sample, what }: Case): Promise<Opinion> {
  const from = performance.now();
  try {
    await inspector.inspect(bytes);
    return WHOLE;
  } catch (error) {
    return error instanceof TrawlError ? `${error.code}: ${error.message}` : `THROWN ${error}`;
  } finally {
    const ms = performance.now() - from;
    if (ms > found.longest.ms) found.longest = { ms, what: `${number} ${sample.name}: ${what}` };
  }
}

async function judge(cases: readonly Case[], folder: string): Promise<void> {
  const files = cases.map(({ number, sample }) => join(folder, `${number}.${sample.type}`));
  for (const [i, { bytes }] of cases.entries()) writeFileSync(files[i]!, bytes);
  const ours = await inParallel(cases, inspect);
  const references = await inParallel(cases, ({ bytes, sample }) => bySharp(bytes, sample.type));
  const seconds = byPillow(files);
  const { end, said } = byExecutable(files);
  found.exits.set(end, (found.exits.get(end) ?? 0) + 1);
  for (const [i, one] of cases.entries()) {
    if (said[i] !== ours[i]) {
      found.differing.push(`${one.number} ${one.sample.name}: ${said[i]} instead of ${ours[i]}`);
    }
    const second = one.sample.type === 'svg' ? undefined : seconds[i];
    const first = references[i] ?? second;
    const asked = ours[i] !== WHOLE && first === WHOLE;
    const strict = asked ? await bySharp(one.bytes, one.sample.type, STRICT) : undefined;
    const judged = { ...one, ours: ours[i]!, second, reference: first, strict };
    found.judged.push(judged);
    rmSync(files[i]!);
    if (
      values.keep &&
      judged.reference &&
      (judged.ours === WHOLE) !== (judged.reference === WHOLE)
    ) {
      const kind = judged.ours === WHOLE ? 'taken' : 'refused';
      mkdirSync(join(values.keep, kind), { recursive: true });
      writeFileSync(join(values.keep, kind, `${one.number}.${one.sample.type}`), one.bytes);
    }
  }
}

async function inParallel<Out>(
  cases: readonly Case[],
  run: (one: Case) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  const rest = cases.entries();
  const lane = async () => {
    for (const [i, one] of rest) results[i] = await run(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return results;
}

/** Numbers and names differ from file to file. */
const classOf = (opinion: Opinion) =>
  opinion
    .replaceAll(/\b[A-Z]\w{3}\b(?= at)/g, 'X')
    .replaceAll(/\d+/g, '#')
    .slice(0, 110);

function report(): void {
  const { judged } = found;
  const kinds = Map.groupBy(judged, ({ sample }) => sample.name.split(',')[0]!);
  const rows = [['', 'files', 'both whole', 'both refuse', 'only we refuse', 'only the reference']];
  const count = (some: readonly Judged[], ours: boolean, reference: boolean) =>
    some.filter((one) => (one.ours === WHOLE) === ours && (one.reference === WHOLE) === reference)
      .length;
  for (const [kind, some] of [...kinds, ['all', judged] as const]) {
    const cells = [
      count(some, true, true),
      count(some, false, false),
      count(some, false, true),
      count(some, true, false),
    ];
    rows.push([kind, String(some.length), ...cells.map(String)]);
  }
  console.log(table(rows));
  const list = (title: string, some: readonly Judged[], tell: (one: Judged) => string) => {
    console.log(`\n${title}: ${some.length}`);
    const classes = Map.groupBy(some, tell);
    for (const [text, ones] of [...classes]
      .sort((a, b) => b[1].length - a[1].length)
      .slice(0, 60)) {
      const examples = ones.slice(0, 3).map(({ number }) => number);
      console.log(`  ${ones.length} × ${text} (${examples.join(', ')})`);
    }
  };
  const wrong = judged.filter(({ ours, reference }) => ours === WHOLE && reference !== WHOLE);
  list(
    'taken for whole, refused by the reference',
    wrong,
    ({ sample, what, reference }) =>
      `${sample.name}: ${classOf(reference ?? 'no reference')} — ${classOf(what)}`,
  );
  list(
    'taken for whole by us and the reference, truncated to Pillow',
    judged.filter(
      ({ ours, reference, second }) =>
        ours === WHOLE && reference === WHOLE && /truncat/i.test(second ?? ''),
    ),
    ({ sample, second }) => `${sample.type}: ${classOf(second!)}`,
  );
  const refused = judged.filter(({ ours, reference }) => ours !== WHOLE && reference === WHOLE);
  list(
    'refused, whole to the reference, which refuses it, too, when it is strict and reads all frames',
    refused.filter(({ strict }) => strict !== WHOLE && strict !== undefined),
    ({ sample, ours }) => `${sample.type}: ${classOf(ours)}`,
  );
  list(
    'refused, whole to the reference in any case',
    refused.filter(({ strict }) => strict === WHOLE || strict === undefined),
    ({ sample, ours }) => `${sample.type}: ${classOf(ours)}`,
  );
  console.log(
    `\nexit codes of the executable: ${[...found.exits].map(([code, n]) => `${code} (${n} ×)`).join(', ')}`,
  );
  console.log(`files without the same verdict from it: ${found.differing.length}`);
  for (const text of found.differing.slice(0, 10)) console.log(`  ${text}`);
  console.log(`longest image: ${found.longest.ms.toFixed(0)} ms (${found.longest.what})`);
  console.log(`workers replaced: ${found.replaced}`);
  const sound = [...found.exits.keys()].every((code) => ['0', '1', '3'].includes(code));
  if (wrong.length > 0 || found.differing.length > 0 || !sound) process.exitCode = 1;
}

const good = (await samples()).filter(({ name }) => name.includes(values.only));
const next = random(Number(values.seed));
console.log(`seed ${values.seed}, ${good.length} good files`);
const scratch = mkdtempSync(join(tmpdir(), 'bench-flips-'));
try {
  const total = Number(values.files);
  for (let from = 0; from < total; from += BATCH) {
    const cases = Array.from({ length: Math.min(BATCH, total - from) }, (_, i): Case => {
      const sample = good[(from + i) % good.length]!;
      return { number: from + i, sample, ...damage(sample.bytes, next) };
    });
    await judge(cases, scratch);
    process.stderr.write(`\r${found.judged.length} of ${total}`);
  }
  process.stderr.write('\n');
  report();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
