import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TrawlError } from '../../src/errors.ts';
import { Log, RotatingFile } from '../../src/monitor/mod.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrawl-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const record = { url: 'https://a.example/x.jpg', attempts: 1, ms: 5 } as const;

test('a file becomes FILE.1 when it is full, and only so many old ones are kept', () => {
  const folder = scratch();
  const path = join(folder, 'deep/log');
  using file = new RotatingFile(path, { maxBytes: 100, keep: 2 });
  for (let n = 0; n < 10; n++) file.append(`${n}${'x'.repeat(48)}\n`);
  expect(readdirSync(join(folder, 'deep')).sort()).toEqual(['log', 'log.1', 'log.2']);
  const text = (name: string) => readFileSync(join(folder, 'deep', name), 'utf8').match(/\d/g);
  expect([text('log.2'), text('log.1'), text('log')]).toEqual([
    ['4', '5'],
    ['6', '7'],
    ['8', '9'],
  ]);
  for (const name of ['log', 'log.1'])
    expect(statSync(join(folder, 'deep', name)).size).toBeLessThanOrEqual(100);
});

test('a file that somebody else rotates or removes is opened anew', () => {
  const path = join(scratch(), 'log');
  using file = new RotatingFile(path);
  file.append('one\n');
  renameSync(path, `${path}.1`);
  file.append('two\n');
  expect(readFileSync(path, 'utf8')).toBe('two\n');
  rmSync(path);
  file.append('three\n');
  expect(readFileSync(path, 'utf8')).toBe('three\n');
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('one\n');
});

test('two who write to one file lose nothing and mix nothing, whoever rotates it', () => {
  const folder = scratch();
  const options = { maxBytes: 300, keep: 50 };
  using one = new RotatingFile(join(folder, 'log'), options);
  using other = new RotatingFile(join(folder, 'log'), options);
  for (let n = 0; n < 100; n++) (n % 3 === 0 ? one : other).append(`${n}${'.'.repeat(n % 17)}\n`);
  const all = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const numbers = all.flatMap((text) => text.split('\n').filter(Boolean).map(Number.parseFloat));
  expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, n) => n));
});

test('the level says what is left out', () => {
  const folder = scratch();
  for (const level of ['error', 'warn', 'info', 'debug'] as const) {
    using log = new Log(join(folder, level), { level, job: 'cats' });
    const error = new TrawlError('http-status', 'answered 404');
    log.watch({ type: 'source-failed', source: 'https://a.example/', error });
    log.watch({
      type: 'image',
      record: { ...record, status: 'failed', error: { code: error.code, message: error.message } },
    });
    log.watch({ type: 'image', record: { ...record, status: 'saved', file: 'x.jpg' } });
    log.watch({ type: 'image', record: { ...record, status: 'unchanged' } });
  }
  const events = (level: string) =>
    linesOf(join(folder, level)).map((line) => [line.level, line.event, line.status]);
  const all = [
    ['error', 'source-failed', undefined],
    ['warn', 'image', 'failed'],
    ['info', 'image', 'saved'],
    ['debug', 'image', 'unchanged'],
  ];
  expect(events('error')).toEqual(all.slice(0, 1));
  expect(events('warn')).toEqual(all.slice(0, 2));
  expect(events('info')).toEqual(all.slice(0, 3));
  expect(events('debug')).toEqual(all);
  expect(linesOf(join(folder, 'warn'))[1]).toMatchObject({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    job: 'cats',
    pid: process.pid,
    url: record.url,
    error: { code: 'http-status', message: 'answered 404' },
  });
});

test.each([
  ['https://me:pa55@a.example/x', 'https://a.example/x'],
  ['https://a.example/?access_token=pa55&b=1', 'https://a.example/?access_token=***&b=1'],
  ['https://a.example/?b=1&X-Amz-Signature=pa55', 'https://a.example/?b=1&X-Amz-Signature=***'],
  ['https://a.example/?key=pa55#x', 'https://a.example/?key=***#x'],
  ['https://a.example/?monkey=1&page=2', 'https://a.example/?monkey=1&page=2'],
])('%s is written as %s', (source, shown) => {
  const path = join(scratch(), 'log');
  using log = new Log(path);
  log.write('info', 'source', { source });
  log.flush();
  expect(linesOf(path)[0].source).toBe(shown);
});

test('a log on a full disk says so once, and ends nothing', (context) => {
  if (process.platform !== 'linux') return context.skip('only Linux has /dev/full');
  const failures: string[] = [];
  using log = new Log('/dev/full', { onFailure: ({ message }) => failures.push(message) });
  log.write('error', 'a', {});
  log.write('error', 'b', {});
  expect(failures).toEqual([expect.stringMatching(/ENOSPC/)]);
});
