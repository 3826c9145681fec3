import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crontabBlock,
  crontabLine,
  nextRuns,
  parseCron,
  shellQuote,
  withBlock,
} from '../../src/schedule/mod.ts';
import { calendars, units } from '../../src/schedule/systemd.ts';

const job = (schedule: string, name = 'cats') => ({
  name,
  schedule,
  sources: ['https://example.org/'],
  options: {},
});
const invocation = { command: ['/opt/imgtrawl'], config: '/home/me/imgtrawl.json' };

describe('a cron expression', () => {
  test('has names, ranges, lists and steps', () => {
    expect(parseCron('*/20 8-10,22 1 jan-mar mon,fri-7')).toEqual({
      minutes: [0, 20, 40],
      hours: [8, 9, 10, 22],
      days: [1],
      months: [1, 2, 3],
      weekdays: [0, 1, 5, 6],
    });
    expect(parseCron('@daily')).toMatchObject({ minutes: [0], hours: [0], days: undefined });
  });

  test.each([
    ['60 * * * *', /minute "60"/],
    ['* * * * * *', /five fields/],
    ['* 5-3 * * *', /hour "5-3"/],
    ['*/0 * * * *', /minute "\*\/0"/],
    ['* * 0 * *', /day "0"/],
    ['* * * foo *', /month "foo"/],
    ['@reboot', /known nicknames/],
    ['', /five fields/],
  ])('%j is refused', (text, message) => expect(() => parseCron(text)).toThrow(message));

  test('says when it fires next', () => {
    const from = new Date(2026, 0, 1, 12, 0, 0);
    expect(nextRuns('15 3 * * *', 2, from)).toEqual([
      new Date(2026, 0, 2, 3, 15),
      new Date(2026, 0, 3, 3, 15),
    ]);
    expect(nextRuns('0 0 30 2 *', 1, from)).toEqual([]);
    // Day or weekday, whichever comes first.
    expect(nextRuns('0 0 13 * fri', 2, from)).toEqual([new Date(2026, 0, 2), new Date(2026, 0, 9)]);
  });
});

describe('a crontab', () => {
  test('gets absolute paths, quotes, and backslashes before percent signs', () => {
    const odd = { command: ["/opt/it's here/imgtrawl"], config: '/home/me/100%/imgtrawl.json' };
    expect(crontabLine(job('5 4 * * *'), odd)).toBe(
      `5 4 * * * '/opt/it'\\''s here/imgtrawl' run -q --config '/home/me/100\\%/imgtrawl.json' cats`,
    );
  });

  test('quoting survives a real shell', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (words) => {
          const clean = words.map((word) => word.replaceAll('\0', '')).filter(Boolean);
          const out = execFileSync('sh', [
            '-c',
            `printf '%s\\0' ${clean.map(shellQuote).join(' ')}`,
          ]).toString();
          expect(out.split('\0').slice(0, -1)).toEqual(
            clean.map((word) => Buffer.from(word).toString()),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  test('keeps everything outside our block, byte for byte', () => {
    const lines = fc.array(fc.string().filter((line) => !/[\n\r]|imgtrawl/.test(line)));
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const own = [...before, ''].join('\n');
        const first = withBlock(
          own,
          invocation.config,
          crontabBlock([job('1 1 * * *')], invocation),
        );
        const crontab = first + [...after, ''].join('\n');
        const second = withBlock(
          crontab,
          invocation.config,
          crontabBlock([job('2 2 * * *')], invocation),
        );
        expect(second).toContain('2 2 * * *');
        expect(second).not.toContain('1 1 * * *');
        const removed = withBlock(second, invocation.config, undefined);
        expect(removed).toBe(own + [...after, ''].join('\n'));
      }),
    );
  });

  test('with a mark lost is left alone', () => {
    const block = crontabBlock([job('1 1 * * *')], invocation);
    const torn = block.split('\n').slice(0, -1).join('\n');
    expect(() => withBlock(torn, invocation.config, block)).toThrow(/do not pair/);
  });
});

describe('systemd units', () => {
  test('fire when cron would', () => {
    expect(calendars('15 3 * * *')).toEqual(['*-*-* 03:15:00']);
    expect(calendars('*/30 8-9 * 6 1-5')).toEqual(['Mon,Tue,Wed,Thu,Fri *-06-* 08,09:00,30:00']);
    expect(calendars('0 0 13 * 5')).toEqual(['*-*-13 00:00:00', 'Fri *-*-* 00:00:00']);
  });

  test('quote what systemd would expand', () => {
    const [service, timer] = units(job('@daily'), {
      command: ['/opt/a b/imgtrawl'],
      config: '/x/100%$y.json',
    });
    expect(service?.text).toContain(
      'ExecStart="/opt/a b/imgtrawl" run -q --config "/x/100%%$$y.json" cats',
    );
    expect(timer?.text).toContain('OnCalendar=*-*-* 00:00:00');
  });
});
