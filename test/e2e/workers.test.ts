/** Images that take too long, decoders that die, and what is left of workers when the program is killed. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import { photo } from '../../fixtures/photo.ts';
import { imgtrawl, scratch } from './run.ts';

/** Within every limit of its structure, and most of a minute's work: each step makes noise for all pixels. */
const steps = '<feTurbulence baseFrequency="0.9" numOctaves="5"/>'.repeat(900);
const SLOW = `<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><filter id="f">${steps}</filter>
  <rect width="500" height="500" filter="url(#f)"/></svg>`;

let jpeg: Uint8Array;
beforeAll(async () => {
  jpeg = await encode(photo(3, 300, 200), '.jpg');
});

const QUICK =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9"/></svg>';

/** Whoever is interrupted or killed must not have ended before, however slow the machine is. */
const PATIENT = ['--decode-timeout', '10m'];

/** Files that are read at the same time, of which any may come to the worker first. */
const AT_ONCE = 6;

/**
 * A folder with one image that takes most of a minute, and some that take no time: JPEGs behind it, and, when `first`
 * is given, so many before it that one of them is done before it is read.
 */
function folder(first?: string, behind = 3): string {
  const path = scratch();
  for (let i = 0; first !== undefined && i < AT_ONCE; i++)
    writeFileSync(join(path, `a-quick-${i}.svg`), first);
  writeFileSync(join(path, 'a-slow.svg'), SLOW);
  for (let i = 0; i < behind; i++) writeFileSync(join(path, `b-${i}.jpg`), jpeg);
  return path;
}

/** Processes whose parent is `pid`; zombies do not count. */
function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((child) => {
    try {
      const [state, parent] = readFileSync(`/proc/${child}/stat`, 'latin1')
        .split(') ')[1]!
        .split(' ');
      return Number(parent) === pid && state !== 'Z';
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}

function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(50);
}

describe.each(['thread', 'process'])('with --isolate %s', (isolate) => {
  const args = ['hash', '--json', '--workers', '1', '--isolate', isolate];

  test('an image over --decode-timeout costs only itself', async () => {
    const ran = await imgtrawl([...args, '--decode-timeout', '4s', folder()]);
    expect(ran.code).toBe(1);
    expect(ran.lines.map(({ error, format }) => error?.code ?? format)).toEqual([
      'decode-timeout',
      'jpeg',
      'jpeg',
      'jpeg',
    ]);
  });

  test('an interrupt ends the workers in the middle of an image', async () => {
    let children: number[] = [];
    const ran = await imgtrawl([...args, ...PATIENT, folder(QUICK)], {
      started: async (child) => {
        await begun(child, isolate);
        children = childrenOf(child.pid!);
        child.kill('SIGINT');
      },
    });
    expect(ran.code).toBe(130);
    await until(() => !children.some(lives));
  });

  test('nothing is left when the program is killed in the middle of an image', async () => {
    let children: number[] = [];
    const ran = await imgtrawl([...args, ...PATIENT, folder(QUICK)], {
      started: async (child) => {
        await begun(child, isolate);
        children = childrenOf(child.pid!);
        child.kill('SIGKILL');
      },
    });
    expect(ran.signal).toBe('SIGKILL');
    expect(children).toHaveLength(isolate === 'process' ? 1 : 0);
    await until(() => !children.some(lives));
  });
});

test('a worker process that is killed costs one image', async () => {
  // With more behind it, it would have two in hand, and both would be looked at again.
  const path = folder(QUICK, 1);
  const ran = await imgtrawl(
    ['hash', '--json', '--workers', '1', '--isolate', 'process', ...PATIENT, path],
    {
      started: async (child) => {
        await begun(child, 'process');
        process.kill(childrenOf(child.pid!)[0]!, 'SIGKILL');
      },
    },
  );
  expect(ran.code).toBe(1);
  expect(ran.lines.map(({ error, format }) => error?.code ?? format)).toEqual([
    ...new Array<string>(AT_ONCE).fill('svg'),
    'decode-crash',
    'jpeg',
  ]);
  expect(ran.lines[AT_ONCE].error.message).toContain('SIGKILL');
});

/** Resolves when the slow image is in work: once the first one is done, nothing else needs much computing. */
async function begun(child: ChildProcess, isolate: string): Promise<void> {
  await once(child.stdout!, 'data');
  const workers = () => (isolate === 'process' ? childrenOf(child.pid!) : [child.pid!]);
  const used = () => workers().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = used();
  await until(() => used() > before + 0.5);
}

/** Of a process so far (proc(5): utime and stime, in hundredths). */
function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
