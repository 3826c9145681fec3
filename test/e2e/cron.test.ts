/** Jobs by a real crond, in the crontab of a user who was made for it. Skipped where that is not allowed. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { executable, images, scratch } from './run.ts';

const found = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

interface User {
  readonly uid: number;
  readonly gid: number;
  /** The user's own, with a copy of the executable, which may lie where only we can read. */
  readonly home: string;
  readonly program: string;
  /** Runs a program as cron's user, without any environment. */
  run(
    command: string,
    args: string[],
    input?: string | Buffer,
  ): { status: number | null; stdout: Buffer; stderr: string };
}

function makeUser(context: TestContext): User {
  if (process.getuid?.() !== 0) context.skip('only root can make a user');
  if (!found('useradd') || !found('crontab')) context.skip('there is no useradd or no crontab');
  const home = scratch();
  const name = `trawl${process.pid}${Math.random().toString(36).slice(2, 6)}`;
  execFileSync('useradd', ['--system', '--home-dir', home, '--shell', '/bin/sh', name]);
  onTestFinished(() => {
    spawnSync('crontab', ['-r', '-u', name]);
    spawnSync('userdel', [name]);
  });
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  const [uid, gid] = [id('-u'), id('-g')];
  const program = join(home, 'imgtrawl');
  copyFileSync(executable, program, constants.COPYFILE_FICLONE);
  chmodSync(program, 0o755);
  chownSync(home, uid, gid);
  return {
    ...{ uid, gid, home, program },
    run(command, args, input = '') {
      const ran = spawnSync(command, args, { uid, gid, cwd: home, env: {}, input });
      return { ...ran, stderr: ran.stderr.toString() };
    },
  };
}

function writeConfig({ uid, gid, home }: User, config: object): string {
  const file = join(home, 'imgtrawl.json');
  writeFileSync(file, JSON.stringify(config));
  chownSync(file, uid, gid);
  return file;
}

test('schedule --install keeps every other byte of a crontab, and --remove leaves no trace', (context) => {
  const user = makeUser(context);
  const config = writeConfig(user, {
    jobs: {
      nightly: { sources: 'https://example.org/', schedule: '15 3 * * *' },
      weekly: { sources: 'https://example.org/', schedule: '@weekly' },
    },
  });
  const schedule = (...args: string[]) =>
    user.run(user.program, ['schedule', ...args, '--config', config]);
  const table = () => user.run('crontab', ['-l']).stdout;

  // A user without a crontab has none afterwards.
  expect(schedule('--install')).toMatchObject({ status: 0 });
  const line = (times: string, job: string) =>
    `${times} ${user.program} run -q --config ${config} ${job}\n`;
  expect(table().toString()).toContain(line('15 3 * * *', 'nightly') + line('@weekly', 'weekly'));
  expect(schedule('--remove')).toMatchObject({ status: 0 });
  expect(user.run('crontab', ['-l']).status).toBe(1);

  const own = Buffer.from(
    '# meine T\xe4tigkeiten, in Latin-1\n\nMAILTO=""\n\t 5 4 * * 1-5   /bin/true  %one%two\n#\n\n\n',
    'latin1',
  );
  expect(user.run('crontab', ['-'], own).status).toBe(0);
  expect(schedule('--install')).toMatchObject({ status: 0 });
  expect(table().subarray(0, own.length).equals(own)).toBe(true);
  const later = Buffer.concat([table(), Buffer.from('9 9 * * * /bin/true # after\n')]);
  expect(user.run('crontab', ['-'], later).status).toBe(0);
  // Twice is as good as once, and only the named jobs are in it.
  expect(schedule('nightly', '--install')).toMatchObject({ status: 0 });
  expect(schedule('nightly', '--install')).toMatchObject({ status: 0 });
  expect(table().toString()).not.toContain('@weekly');
  expect(table().toString().split(line('15 3 * * *', 'nightly'))).toHaveLength(2);
  expect(schedule('--remove')).toMatchObject({ status: 0 });
  expect(table().toString('latin1')).toBe(`${own.toString('latin1')}9 9 * * * /bin/true # after\n`);
});

/** Starts crond unless one runs. Undefined where it cannot. */
async function crond(): Promise<ChildProcess | 'running' | undefined> {
  const child = spawn('cron', ['-f'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (data) => (said += data));
  const ended = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', () => done(null));
  });
  const code = await Promise.race([ended, sleep(1500, 'lives' as const)]);
  if (code === 'lives') return child;
  return /can't lock/.test(said) ? 'running' : undefined;
}

test('cron starts a job; a second finds the lock, a third waits for it and finds nothing new', {
  timeout: 200_000,
}, async (context) => {
  const user = makeUser(context);
  if (!found('cron')) return context.skip('there is no cron');
  const site = new Map<string, SiteFile>([
    ['/', { type: 'text/html', body: '<img src="a.jpg"><img src="b.jpg">' }],
    ['/a.jpg', { type: 'image/jpeg', body: await encode(photo(61, 400, 300), '.jpg') }],
    ['/b.jpg', { type: 'image/jpeg', body: await encode(photo(62, 400, 300), '.jpg') }],
  ]);
  // So slow that the first of them holds the folder when the last has started.
  await using server = await serve(site, { latencyMs: 5000 });
  const hasty = { sources: `${server.origin}/`, out: 'images', schedule: '* * * * *' };
  const patient = { ...hasty, wait: true };
  // Whichever of them comes first, a hasty one finds the lock and a patient one comes after it.
  const config = writeConfig(user, {
    defaults: { 'log-file': 'log/imgtrawl.jsonl', 'metrics-file': 'cron.prom' },
    jobs: { hasty1: hasty, hasty2: hasty, patient1: patient, patient2: patient },
  });
  const daemon = await crond();
  if (daemon === undefined) return context.skip('crond cannot be started here');
  onTestFinished(() => void (daemon !== 'running' && daemon.kill()));
  expect(user.run(user.program, ['schedule', '--install', '--config', config]).status).toBe(0);

  const log = join(user.home, 'log/imgtrawl.jsonl');
  for (let waited = 0; linesOf(log, 'end').length === 0 && waited < 90; waited++) await sleep(1000);
  // One minute is enough.
  user.run(user.program, ['schedule', '--remove', '--config', config]);
  for (let waited = 0; linesOf(log, 'end').length < 4 && waited < 60; waited++) await sleep(1000);

  const ends = linesOf(log, 'end');
  expect(ends).toHaveLength(4);
  const failed = ends.filter(({ exitCode }) => exitCode === 4);
  expect(failed.length).toBeGreaterThanOrEqual(1);
  for (const { job, error } of failed) {
    expect(job).toMatch(/^hasty/);
    expect(error).toMatchObject({ code: 'locked' });
  }
  expect(ends.filter(({ exitCode }) => exitCode === 0)).toHaveLength(4 - failed.length);
  const [first, ...later] = linesOf(log, 'summary');
  expect(first).toMatchObject({ saved: 2, unchanged: 0 });
  expect(later.length).toBeGreaterThanOrEqual(1);
  for (const summary of later) expect(summary).toMatchObject({ saved: 0, unchanged: 2, bytes: 0 });
  expect(images(join(user.home, 'images'))).toEqual(['a.jpg', 'b.jpg']);
  expect(server.log.filter((line) => line.endsWith('.jpg 200'))).toHaveLength(2);

  const metrics = readFileSync(join(user.home, 'cron.prom'), 'utf8');
  for (const { job, exitCode } of ends)
    expect(metrics).toContain(`imgtrawl_exit_code{job="${job}"} ${exitCode}\n`);
});

// biome-ignore lint/suspicious/noExplicitAny: any part of a line
function linesOf(log: string, event: string): any[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter((line) => line.event === event);
}
