import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type RunEnd, writeMetrics } from '../../src/monitor/mod.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrawl-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'imgtrawl.prom');
}

const summary = {
  ...{ images: 10, saved: 4, unchanged: 3, duplicates: 2, filtered: 0, failed: 1 },
  ...{ named: 0, sources: 1, sourcesFailed: 0, bytes: 12_345, seconds: 1.5 },
};
const end = (more: Partial<RunEnd> = {}): RunEnd => ({
  ...{ job: 'cats', exitCode: 0, seconds: 1.5, at: 1_700_000_000_500, summary },
  ...more,
});

/** What a reader of the format makes of it: every family once, its samples below it (and no other). */
function read(file: string): Record<string, number> {
  const samples: Record<string, number> = {};
  const families = new Set<string>();
  let family = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, type, name] = /^# (HELP|TYPE) (\w+) \S/.exec(line) ?? [];
    if (type === 'HELP') {
      expect(families).not.toContain(name);
      family = name as string;
      families.add(family);
    } else if (type === undefined && line !== '') {
      const [, sample, labels, value] = /^(\w+)\{((?:\w+="(?:[^"\\\n]|\\.)*",?)+)\} (\S+)$/.exec(
        line,
      )!;
      expect(sample).toBe(family);
      expect(samples).not.toHaveProperty([`${sample} ${labels}`]);
      samples[`${sample} ${labels}`] = Number(value);
    }
  }
  return samples;
}

test('a run leaves its counts, its end and its exit code', () => {
  const file = scratch();
  writeMetrics(file, end());
  expect(read(file)).toEqual({
    'imgtrawl_exit_code job="cats"': 0,
    'imgtrawl_last_run_timestamp_seconds job="cats"': 1_700_000_000.5,
    'imgtrawl_last_success_timestamp_seconds job="cats"': 1_700_000_000.5,
    'imgtrawl_run_duration_seconds job="cats"': 1.5,
    'imgtrawl_images job="cats",status="saved"': 4,
    'imgtrawl_images job="cats",status="unchanged"': 3,
    'imgtrawl_images job="cats",status="duplicate"': 2,
    'imgtrawl_images job="cats",status="filtered"': 0,
    'imgtrawl_images job="cats",status="failed"': 1,
    'imgtrawl_sources job="cats",state="read"': 1,
    'imgtrawl_sources job="cats",state="failed"': 0,
    'imgtrawl_received_bytes job="cats"': 12_345,
  });
  expect(readdirSync(join(file, '..'))).toEqual(['imgtrawl.prom']);
});

test('a failure keeps the time of the last success, and other jobs keep everything', () => {
  const file = scratch();
  writeMetrics(file, end());
  writeMetrics(file, end({ job: 'cats2', exitCode: 1 }));
  writeMetrics(file, end({ exitCode: 4, at: 1_800_000_000_000, summary: undefined }));
  const samples = read(file);
  expect(samples).toMatchObject({
    'imgtrawl_exit_code job="cats"': 4,
    'imgtrawl_last_run_timestamp_seconds job="cats"': 1_800_000_000,
    'imgtrawl_last_success_timestamp_seconds job="cats"': 1_700_000_000.5,
    'imgtrawl_exit_code job="cats2"': 1,
    'imgtrawl_images job="cats2",status="saved"': 4,
  });
  expect(samples).not.toHaveProperty(['imgtrawl_images job="cats",status="saved"']);
  expect(samples).not.toHaveProperty(['imgtrawl_last_success_timestamp_seconds job="cats2"']);
});

test('a lock that was left behind stops nobody, and a file of noise is replaced', () => {
  const file = scratch();
  writeFileSync(file, Buffer.from([0, 1, 2, 0xff, 10, 123]));
  writeFileSync(`${file}.lock`, '');
  utimesSync(`${file}.lock`, 1, 1);
  writeMetrics(file, end());
  expect(read(file)).toHaveProperty(['imgtrawl_exit_code job="cats"'], 0);
});
