/**
 * How fast manifests stream, and that their length costs no memory.
 *
 *     node scripts/bench/sources.ts [lines, default 2000000]
 *
 * Each format is read from a temporary file in a process of its own, so that peaks do not mix. The
 * yardstick is a bare line reader over the same list: decode, split, count.
 */

import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { fileBytes, readManifest } from '../../src/sources/mod.ts';

const HOST = 'https://images.example.com/photos';

/** A line of each format, and what stands around all of them. */
const FORMATS: Record<string, { head?: string; line: (i: number) => string; tail?: string }> = {
  list: { line: (i) => `${HOST}/${i}/photo-${i * 7919}.jpg?w=640\n` },
  csv: {
    head: 'id,url,caption,width\n',
    line: (i) => `${i},${HOST}/${i}.jpg,Photo number ${i},640\n`,
  },
  'csv-quoted': {
    head: '"id","url","caption"\n',
    line: (i) => `"${i}","${HOST}/${i}.jpg","A ""photo"", number ${i}"\n`,
  },
  jsonl: { line: (i) => `{"id":${i},"url":"${HOST}/${i}.jpg","caption":"Photo"}\n` },
  json: {
    head: '{"photos":[\n',
    line: (i) => `${i === 0 ? '' : ','}{"id":${i},"url":"${HOST}/${i}.jpg","caption":"Photo"}\n`,
    tail: ']}',
  },
  sitemap: {
    head: '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n',
    line: (i) => `<url><loc>${HOST}/${i}</loc></url>\n`,
    tail: '</urlset>',
  },
};

async function write(path: string, format: string, lines: number): Promise<void> {
  const { head = '', line, tail = '' } = FORMATS[format]!;
  await pipeline(function* () {
    yield head;
    for (let i = 0; i < lines; ) {
      let block = '';
      for (const end = Math.min(lines, i + 1000); i < end; i++) block += line(i);
      yield block;
    }
    yield tail;
  }, createWriteStream(path));
}

interface Run {
  readonly count: number;
  /** Seconds of this process's CPU time, which other work on the machine does not lengthen. */
  readonly cpu: number;
  readonly peakMb: number;
  readonly firstMs: number;
}

/** What one child process does and prints. */
async function measure(path: string, reader: string): Promise<Run> {
  const start = process.cpuUsage();
  const began = performance.now();
  let count = 0;
  let firstMs = 0;
  if (reader === 'bare') {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of fileBytes(path)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      count += lines.length;
    }
  } else {
    const reading = await readManifest(fileBytes(path), { name: 'bench' });
    if (reading.kind !== 'items') throw new Error(`read as ${reading.kind}`);
    for await (const batch of reading.batches) {
      if (count === 0) firstMs = performance.now() - began;
      count += batch.length;
    }
  }
  const { user, system } = process.cpuUsage(start);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { count, cpu: (user + system) / 1e6, peakMb, firstMs };
}

function inChild(path: string, reader: string): Run {
  const args = [...process.execArgv, import.meta.filename, '--child', path, reader];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Run;
}

async function main(lines: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'imgtrawl-bench-'));
  try {
    const path = join(folder, 'manifest');
    let bare = 0;
    for (const format of Object.keys(FORMATS)) {
      await write(path, format, 100);
      const short = inChild(path, format);
      await write(path, format, lines);
      const { size } = await stat(path);
      if (format === 'list') bare = print('bare line reader', inChild(path, 'bare'), size);
      const run = inChild(path, format);
      if (run.count !== lines) throw new Error(`${format}: ${run.count} items of ${lines}`);
      const rate = print(format, run, size);
      const memory = `${(run.peakMb - short.peakMb).toFixed(0)} MB more than for 100 lines`;
      const ratio = (bare / rate).toFixed(1);
      console.log(
        `    ${ratio} × the bare reader's time a line; ${memory}; first after ${run.firstMs.toFixed(0)} ms`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

function print(name: string, { count, cpu, peakMb }: Run, size: number): number {
  const rate = count / cpu;
  const speed = `${Math.round(rate).toLocaleString('en')} lines/s`;
  const megabytes = `${(size / 1e6 / cpu).toFixed(0)} MB/s`;
  console.log(`${name}: ${speed} of CPU time, ${megabytes}, peak ${peakMb.toFixed(0)} MB`);
  return rate;
}

const [first, path, reader] = process.argv.slice(2);
if (first === '--child') console.log(JSON.stringify(await measure(path!, reader!)));
else await main(first === undefined ? 2_000_000 : Number(first));
