/** Runs that nobody watches: what they leave behind, and where they can live. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { executable, images, imgtrawl, scratch } from './run.ts';

let pictures: Uint8Array[];
beforeAll(async () => {
  pictures = await Promise.all([71, 72].map((seed) => encode(photo(seed, 400, 300), '.jpg')));
});

/** Two good images and one that is not there. */
function site(): Map<string, SiteFile> {
  const image = (place: number) => ({ type: 'image/jpeg', body: pictures[place] as Uint8Array });
  return new Map<string, SiteFile>([
    ['/', { type: 'text/html', body: '<img src="a.jpg"><img src="b.jpg">' }],
    ['/broken', { type: 'text/html', body: '<img src="a.jpg"><img src="gone.jpg">' }],
    ['/a.jpg', image(0)],
    ['/b.jpg', image(1)],
  ]);
}

const jsonLines = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Requests that a health check got. */
async function healthCheck(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url as string);
    response.end('OK');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/KEY`, asked };
}

describe('a run leaves', () => {
  test('a log, metrics and a word to its health check; -q prints failures only', async () => {
    await using server = await serve(site());
    const check = await healthCheck();
    const cwd = scratch();
    const all = ['--log-file', 'logs/run.jsonl', '--metrics-file', 'run.prom', '--ping', check.url];
    const well = await imgtrawl([`${server.origin}/`, '-o', 'out', '-q', ...all], { cwd });
    expect(well).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const bad = await imgtrawl([`${server.origin}/broken`, '-o', 'out', '-q', ...all], { cwd });
    expect(bad).toMatchObject({ code: 1, stdout: '' });
    expect(bad.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/gone\.jpg failed: .*404.*\[http-status\]/),
    ]);

    expect(check.asked).toEqual(['/KEY/start', '/KEY', '/KEY/start', '/KEY/fail']);
    const lines = jsonLines(join(cwd, 'logs/run.jsonl'));
    const events = lines.map(({ event, status }) => (status ? `${event} ${status}` : event));
    expect(events).toEqual([
      ...['start', 'source', 'image saved', 'image saved', 'summary', 'end'],
      ...['start', 'source', 'image failed', 'summary', 'end'],
    ]);
    expect(lines.at(-1)).toMatchObject({ exitCode: 1, job: 'get', level: 'info' });
    const metrics = readFileSync(join(cwd, 'run.prom'), 'utf8');
    expect(metrics).toContain('imgtrawl_exit_code{job="get"} 1\n');
    expect(metrics).toContain('imgtrawl_images{job="get",status="failed"} 1\n');
    expect(metrics).toMatch(/imgtrawl_last_success_timestamp_seconds\{job="get"\} 1\d{9}/);
  });

  test('the same for each job of a config file; a check that is gone fails no job', async () => {
    await using server = await serve(site());
    const check = await healthCheck();
    const cwd = scratch();
    const config = {
      defaults: { 'metrics-file': 'jobs.prom', 'log-file': 'jobs.jsonl', 'log-level': 'warn' },
      jobs: {
        good: { sources: `${server.origin}/`, ping: check.url },
        bad: { sources: `${server.origin}/broken`, ping: 'http://127.0.0.1:9/SECRET' },
      },
    };
    writeFileSync(join(cwd, 'imgtrawl.json'), JSON.stringify(config));
    const ran = await imgtrawl(['run', '-q', '--parallel', '2'], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/health check at 127\.0\.0\.1:9 was not told of the fail/);
    expect(ran.stderr).not.toContain('SECRET');
    expect(check.asked).toEqual(['/KEY/start', '/KEY']);
    const metrics = readFileSync(join(cwd, 'jobs.prom'), 'utf8');
    expect(metrics).toContain('imgtrawl_exit_code{job="good"} 0\n');
    expect(metrics).toContain('imgtrawl_exit_code{job="bad"} 1\n');
    const logged = jsonLines(join(cwd, 'jobs.jsonl'));
    expect(new Set(logged.map(({ job }) => job))).toEqual(new Set(['bad']));
  });

  test('nothing where it cannot be written, and says so', async () => {
    await using server = await serve(site());
    const cwd = scratch();
    writeFileSync(join(cwd, 'file'), '');
    const page = `${server.origin}/`;
    const log = await imgtrawl([page, '-o', 'out', '--log-file', 'file/log'], { cwd });
    expect(log.code).toBe(2);
    expect(log.stderr).toMatch(/--log-file .*file\/log cannot be opened/);
    const metrics = await imgtrawl([page, '-o', 'out', '--metrics-file', 'file/x.prom'], { cwd });
    expect(metrics.code).toBe(0);
    expect(metrics.stderr).toMatch(/--metrics-file .*x\.prom could not be written/);
  });
});

/** Starts the executable through a shell, with whatever that does to its streams. */
function shell(script: string, args: string[], cwd: string) {
  const child = spawn('/bin/sh', ['-c', script, executable, ...args], { cwd, env: {} });
  let stderr = '';
  child.stdout.resume();
  child.stderr.on('data', (data) => (stderr += data));
  return new Promise<{ code: number | null; stderr: string }>((done) => {
    child.on('close', (code) => done({ code, stderr }));
  });
}

test('a run that may open few files says so, and a later one goes on', async () => {
  const paths = Array.from({ length: 300 }, (_, i) => `/${i}.jpg`);
  const body = await encode(photo(1, 64, 64), '.jpg');
  const site = new Map<string, SiteFile>(paths.map((path) => [path, { type: 'image/jpeg', body }]));
  await using server = await serve(site, { latencyMs: 20 });
  const cwd = scratch();
  writeFileSync(join(cwd, 'list.txt'), paths.map((path) => `${server.origin}${path}\n`).join(''));
  const args = ['list.txt', '-o', 'out', '--dedupe', 'off', '-q'];
  const few = await shell('ulimit -n 60; exec "$0" "$@"', args, cwd);
  expect(few.code).toBe(1);
  expect(few.stderr).toMatch(/ulimit -n/);
  expect(few.stderr).not.toMatch(/\n\s+at /);
  expect((await imgtrawl(args, { cwd })).code).toBe(0);
  expect(images(join(cwd, 'out'))).toHaveLength(paths.length);
});

describe('a run lives', () => {
  test.each<readonly [how: string, script: string]>([
    ['with everything closed', '"$0" "$@" <&- >&- 2>&-'],
    ['with its reader gone', '"$0" "$@" --json | head -n 1 >/dev/null'],
    ['without HOME, PATH and terminal', 'unset HOME PATH TERM; exec "$0" "$@"'],
    ...(process.platform === 'linux'
      ? ([
          ['with standard output on a full disk', '"$0" "$@" >/dev/full'],
          ['with both streams on a full disk', '"$0" "$@" >/dev/full 2>&1'],
        ] as const)
      : []),
  ])('%s', async (_, script) => {
    await using server = await serve(site());
    const cwd = scratch();
    const ran = await shell(script, [`${server.origin}/`, '-o', 'out'], cwd);
    expect(ran).toEqual({ code: 0, stderr: '' });
    expect(images(join(cwd, 'out'))).toEqual(['a.jpg', 'b.jpg']);
  });

  test('and says when its result could not be written', async (context) => {
    if (process.platform !== 'linux') return context.skip('only Linux has /dev/full');
    await using server = await serve(site());
    const cwd = scratch();
    const list = await shell('"$0" list "$@" >/dev/full', [`${server.origin}/`], cwd);
    expect(list.code).toBe(1);
    expect(list.stderr).toBe('imgtrawl: Standard output could not be written (ENOSPC).\n');
    for (const command of ['--version', '--help', 'config schema'])
      expect((await shell(`"$0" ${command} >/dev/full`, [], cwd)).stderr).not.toMatch(/\n\s+at /);
  });

  test("and keeps to the user's umask", async () => {
    await using server = await serve(site());
    const cwd = scratch();
    const args = [`${server.origin}/`, '-o', 'out', '--log-file', 'log', '--metrics-file', 'prom'];
    await shell('umask 077; exec "$0" "$@"', args, cwd);
    for (const name of ['out', 'out/a.jpg', 'out/.imgtrawl/catalog.sqlite', 'log', 'prom'])
      expect(statSync(join(cwd, name)).mode & 0o077, name).toBe(0);
  });
});

describe('a signal', () => {
  /** Sends signals when the first image lies there and the second will never come. */
  async function interrupted(signals: readonly NodeJS.Signals[], args: string[] = []) {
    const files = site();
    const page = files.get('/') as SiteFile;
    const server = createServer((request, response) => {
      if (request.url === '/') response.setHeader('content-type', 'text/html').end(page.body);
      else if (request.url === '/a.jpg') response.end(pictures[0]);
      else if (request.url === '/robots.txt') response.writeHead(404).end();
      // /b.jpg begins, and hangs.
      else response.writeHead(200, { 'content-length': 99 }).write('x');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const cwd = scratch();
    let since = 0;
    const ran = await imgtrawl([`http://127.0.0.1:${port}/`, '-o', 'out', '--json', ...args], {
      cwd,
      started: async (child) => {
        while (!existsSync(join(cwd, 'out/a.jpg'))) await sleep(20);
        since = performance.now();
        for (const signal of signals) {
          child.kill(signal);
          await sleep(400);
        }
      },
    });
    return { ...ran, cwd, seconds: (performance.now() - since) / 1000 };
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s ends a run in time, with what it has',
    async (signal) => {
      const check = await healthCheck();
      const monitor = ['--log-file', 'log', '--ping', check.url];
      const { code, seconds, cwd, lines, stderr } = await interrupted([signal], monitor);
      expect(code).toBe(130);
      expect(seconds).toBeLessThan(5);
      expect(stderr).toMatch(/what was saved is kept/);
      expect(lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'interrupted' } });
      expect(check.asked).toEqual(['/KEY/start', '/KEY/fail']);
      expect(jsonLines(join(cwd, 'log')).at(-1)).toMatchObject({ exitCode: 130 });
      const verify = await imgtrawl(['verify', 'out', '--json'], { cwd });
      expect(verify.lines).toEqual([expect.objectContaining({ file: 'a.jpg', state: 'ok' })]);
    },
  );

  test('a second Ctrl-C ends it at once', async () => {
    // The health check would be waited for.
    const check = createServer(() => {});
    await new Promise<void>((done) => check.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      check.closeAllConnections();
      check.close();
    });
    const { port } = check.address() as AddressInfo;
    const ping = ['--ping', `http://127.0.0.1:${port}/KEY`];
    const { code, cwd, seconds } = await interrupted(['SIGINT', 'SIGINT'], ping);
    expect(code).toBe(130);
    // When it would have been ended anyway.
    expect(seconds).toBeLessThan(4);
    expect((await imgtrawl(['verify', 'out'], { cwd })).code).toBe(0);
  });
});

describe('the lock', () => {
  test('ends a second run with 4, and --wait lets it come after the first', async () => {
    await using server = await serve(site(), { latencyMs: 1500 });
    const cwd = scratch();
    const args = [`${server.origin}/`, '-o', 'out', '--json'];
    const first = imgtrawl(args, { cwd });
    while (!existsSync(join(cwd, 'out/.imgtrawl/catalog.sqlite'))) await sleep(20);
    const [second, third] = await Promise.all([
      imgtrawl(args, { cwd }),
      imgtrawl([...args, '--wait'], { cwd }),
    ]);
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(/held by another run \(process \d+ on .*--wait/);
    expect((await first).lines.at(-1)).toMatchObject({ saved: 2 });
    expect(third.lines.at(-1)).toMatchObject({ saved: 0, unchanged: 2, bytes: 0 });
  });
});
