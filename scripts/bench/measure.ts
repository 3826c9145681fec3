/** Runs a program to its end and says what it cost: wall time here, the rest as GNU time tells it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Cost {
  /** Seconds. */
  readonly wall: number;
  /** User and system time in seconds; NaN without GNU time. */
  readonly cpu: number;
  /** Peak resident memory in bytes; NaN without GNU time. */
  readonly memory: number;
  /** Exit code, or the signal's name. */
  readonly exit: number | string;
  /** The end of what it wrote to standard error. */
  readonly errors: string;
  /** What it wrote to standard output; empty unless asked for. */
  readonly output: string;
}

/** Debian's package `time`. */
const GNU_TIME = '/usr/bin/time';

export async function measure(
  command: readonly [string, ...string[]],
  options: { readonly scratch: string; readonly cwd?: string; readonly output?: boolean },
): Promise<Cost> {
  const report = join(options.scratch, 'time.txt');
  const timed = existsSync(GNU_TIME);
  const [program, ...args] = timed
    ? [GNU_TIME, '-q', '-f', '%U %S %M', '-o', report, ...command]
    : command;
  const from = performance.now();
  const child = spawn(program!, args, {
    stdio: ['ignore', options.output ? 'pipe' : 'ignore', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let errors = '';
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const wall = (performance.now() - from) / 1000;
  const numbers = timed ? (await readFile(report, 'utf8')).trim().split(/\s+/).map(Number) : [];
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = numbers.slice(-3);
  return {
    wall,
    cpu: user + system,
    memory: kilobytes * 1024,
    exit: code ?? signal ?? '?',
    errors,
    output,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Lines of cells as a table with aligned columns, the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
