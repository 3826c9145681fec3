import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { SiteFile } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { executable, images, imgtrawl, scratch } from './run.ts';

const site = async () =>
  new Map<string, SiteFile>([
    ['/a', { type: 'text/html', body: '<img src="a.jpg">' }],
    ['/b', { type: 'text/html', body: '<img src="b.jpg"><img src="gone.jpg">' }],
    ['/a.jpg', { type: 'image/jpeg', body: await encode(photo(31, 400, 300), '.jpg') }],
    ['/b.jpg', { type: 'image/jpeg', body: await encode(photo(32, 400, 300), '.jpg') }],
  ]);

describe('jobs of a config file', () => {
  test('run one after another, each into its own folder; the worst exit code counts', async () => {
    await using server = await serve(await site());
    const cwd = scratch();
    const config = {
      jobs: {
        first: { sources: `${server.origin}/a`, out: 'one' },
        second: { sources: [`${server.origin}/b`] },
      },
    };
    writeFileSync(join(cwd, 'imgtrawl.json'), JSON.stringify(config));
    const ran = await imgtrawl(['run', '--json'], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.lines.filter((line) => line.type === 'summary')).toMatchObject([
      { job: 'first', saved: 1, failed: 0 },
      { job: 'second', saved: 1, failed: 1 },
    ]);
    expect(images(join(cwd, 'one'))).toEqual(['a.jpg']);
    expect(images(join(cwd, 'images/second'))).toEqual(['b.jpg']);
    expect((await imgtrawl(['run', 'first', '-q'], { cwd })).code).toBe(0);
  });

  test('a failing job does not stop the others', async () => {
    await using server = await serve(await site());
    const cwd = scratch();
    writeFileSync(join(cwd, 'occupied'), 'a file');
    const jobs = {
      bad: { sources: `${server.origin}/a`, out: 'occupied' },
      good: { sources: `${server.origin}/a`, out: 'good' },
    };
    writeFileSync(join(cwd, 'imgtrawl.json'), JSON.stringify({ jobs }));
    const ran = await imgtrawl(['run', '--parallel', '2'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/job bad: .*\[output-not-a-folder\]/);
    expect(images(join(cwd, 'good'))).toEqual(['a.jpg']);
  });

  test('flags win over the environment, that over the job', async () => {
    const cwd = scratch();
    const job = { sources: 'https://example.org/', retries: 5, timeout: 5, delay: 5 };
    writeFileSync(
      join(cwd, 'imgtrawl.json'),
      JSON.stringify({ defaults: { 'per-host': 2 }, jobs: { job } }),
    );
    const env = { IMGTRAWL_RETRIES: '4', IMGTRAWL_TIMEOUT: '4' };
    const { stdout } = await imgtrawl(['run', '--retries', '3', '--print-config'], { cwd, env });
    expect(stdout).toMatch(/^retries +3 +flag$/m);
    expect(stdout).toMatch(/^timeout +4 +environment$/m);
    expect(stdout).toMatch(/^delay +5 +job job$/m);
    expect(stdout).toMatch(/^per-host +2 +defaults$/m);
    expect(stdout).toMatch(/^dedupe +"near" +built-in$/m);
  });

  test('are refused with line and column', async () => {
    const cwd = scratch();
    writeFileSync(
      join(cwd, 'imgtrawl.json'),
      '{\n  "jobs": {\n    "a": { "sources": "u", "retires": 1 }\n  }\n}',
    );
    const ran = await imgtrawl(['config', 'check'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(
      /imgtrawl\.json:3:28: unknown key "retires"; did you mean "retries"\?/,
    );
  });

  test('begin with config init, which overwrites nothing', async () => {
    const cwd = scratch();
    expect((await imgtrawl(['config', 'init'], { cwd })).code).toBe(0);
    expect((await imgtrawl(['config', 'check'], { cwd })).stdout).toMatch(
      /is right\. Jobs: gallery/,
    );
    const again = await imgtrawl(['config', 'init'], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/is there already/);
  });

  test('become crontab lines with absolute paths', async () => {
    const cwd = scratch();
    await imgtrawl(['config', 'init'], { cwd });
    const { stdout, stderr } = await imgtrawl(['schedule'], { cwd });
    expect(stdout).toBe(
      `15 3 * * * ${executable} run -q --config ${join(cwd, 'imgtrawl.json')} gallery\n`,
    );
    expect(stderr).toMatch(/gallery runs next: \d{4}-\d\d-\d\d 03:15:00/);
  });
});

describe('help', () => {
  test('fits a screen and shows how to begin', async () => {
    const { stdout, code } = await imgtrawl(['--help']);
    expect(code).toBe(0);
    expect(stdout.split('\n').length).toBeLessThanOrEqual(24);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const nothing = await imgtrawl([]);
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(nothing.stderr).toMatch(/imgtrawl https:\/\/example\.org/);
  });
});
