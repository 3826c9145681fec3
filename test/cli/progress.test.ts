import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { render } from '../../src/cli/progress/render.ts';
import { mayDraw } from '../../src/cli/progress/terminal.ts';
import { type ProgressState, Tracker } from '../../src/cli/progress/tracker.ts';
import { durationText } from '../../src/cli/text.ts';
import type { FetchEvent } from '../../src/fetch/mod.ts';

const host = (name: string, inFlight: number, waiting = 0, pausedFor = 0) => ({
  host: name,
  inFlight,
  waiting,
  pausedFor,
});

const middle: ProgressState = {
  known: 256,
  complete: true,
  done: 128,
  failed: 3,
  bytes: 34e6,
  rate: 4.1e6,
  left: 8.3,
  inFlight: 24,
  waiting: 86,
  retrying: 1,
  decoding: 2,
  hosts: [host('img.example.org', 16, 86), host('cdn.example.org', 8), host('a.example', 0, 0, 12)],
};

describe('the block', () => {
  test('on 80 columns', () => {
    expect(render(middle, 80).split('\n')).toEqual([
      '━━━━━━━━━━━━━━━━━━━━────────────────────   128/256 images   50 %',
      '34 MB at 4.1 MB/s   8 s left   3 failed   24 in flight   86 waiting',
      '1 to be tried again   2 decoding',
      'img.example.org 16   cdn.example.org 8   a.example waits 12 s as it asked',
    ]);
  });

  test('on 40 columns the least important goes', () => {
    expect(render(middle, 40).split('\n')).toEqual([
      '━━━━━━━━───────   128/256 images   50 %',
      '34 MB at 4.1 MB/s   8 s left   3 failed',
      '24 in flight   86 waiting',
      'img.example.org 16   and 2 more',
    ]);
  });

  test('says when there may be more, and when there is nothing yet', () => {
    expect(render({ ...middle, complete: false }, 80)).toMatch(/ {3}128\/256\+ images\n/);
    const empty = { ...middle, known: 0, done: 0, failed: 0, hosts: [] };
    expect(render({ ...empty, complete: false }, 80)).toMatch(/^Looking for images …\n/);
  });

  test('has colours only when told', () => {
    expect(render(middle, 80)).not.toContain('\u001b');
    expect(render(middle, 80, { color: true })).toContain('\u001b[31m3 failed\u001b[39m');
  });

  test('never fills the last column, whatever it shows', () => {
    const count = fc.nat(1e9);
    const hosts = fc.array(
      fc.record({
        host: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        inFlight: count,
        waiting: count,
        pausedFor: count,
      }),
      { maxLength: 6 },
    );
    const rate = fc.double({ min: 0, max: 1e12, noNaN: true });
    const numbers = { known: count, done: count, failed: count, bytes: count, rate, left: rate };
    const more = { inFlight: count, waiting: count, retrying: count, decoding: count };
    const state = fc.record({ ...numbers, ...more, hosts, complete: fc.boolean() });
    fc.assert(
      fc.property(state, fc.integer({ min: 20, max: 200 }), fc.boolean(), (one, columns, color) => {
        const sane = { ...one, known: Math.max(one.known, one.done) };
        const lines = render(sane, columns, { color }).split('\n');
        expect(lines.length).toBeLessThanOrEqual(4);
        for (const line of lines) expect(stringWidth(line)).toBeLessThan(columns);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what the block shows is counted from events', () => {
  const fetch = (event: FetchEvent) => ({ type: 'fetch', event }) as const;
  const image = (status: 'saved' | 'failed') =>
    ({ type: 'image', record: { url: 'https://a.example/', status, attempts: 1, ms: 1 } }) as const;
  const request = (id: number, name = 'a.example') => [
    fetch({ type: 'queued', at: 0, id, host: name }),
    fetch({
      type: 'request',
      at: 0,
      id,
      url: `https://${name}/${id}`,
      host: name,
      purpose: 'image',
      attempt: 1,
      waitedMs: 0,
    }),
  ];
  const done = (id: number, bytes: number) =>
    fetch({ type: 'done', at: 0, id, ok: true, bytes, ms: 1 });

  test('requests by host, what waits, bytes and images', () => {
    const tracker = new Tracker();
    const one = tracker.watch();
    for (const event of [...request(1), ...request(2, 'b.example'), done(2, 500)]) one(event);
    one(fetch({ type: 'queued', at: 0, id: 3, host: 'a.example' }));
    one({ type: 'found', known: 3 });
    one(image('failed'));
    expect(tracker.state(0)).toMatchObject({
      known: 3,
      done: 1,
      failed: 1,
      bytes: 500,
      complete: false,
      inFlight: 1,
      waiting: 1,
      hosts: [{ host: 'a.example', inFlight: 1, waiting: 1 }],
    });
    // A body that is still coming counts as far as it is.
    one(fetch({ type: 'bytes', at: 0, bytes: 900 }));
    expect(tracker.state(0).bytes).toBe(900);
  });

  test('several runs are added; each has task numbers of its own', () => {
    const tracker = new Tracker();
    for (const watch of [tracker.watch(), tracker.watch()]) {
      for (const event of request(1)) watch(event);
      watch({ type: 'found', known: 2 });
      watch({ type: 'all-found' });
    }
    expect(tracker.state(0)).toMatchObject({ known: 4, complete: true, inFlight: 2 });
  });

  test('a host that asked for a pause says how long it still is', () => {
    const tracker = new Tracker();
    const watch = tracker.watch();
    watch(fetch({ type: 'host-paused', at: 1000, host: 'a.example', ms: 5000 }));
    expect(tracker.state(3000).hosts).toEqual([host('a.example', 0, 0, 3)]);
    expect(tracker.state(7000).hosts).toEqual([]);
  });

  test('speed and time left come from the last seconds, not from the whole run', () => {
    const tracker = new Tracker();
    const watch = tracker.watch();
    watch({ type: 'found', known: 100 });
    watch({ type: 'all-found' });
    expect(tracker.state(0).left).toBeUndefined();
    // A slow minute, then ten images of 1 kB a second.
    tracker.state(60_000);
    for (let second = 1; second <= 8; second++) {
      for (let i = 0; i < 10; i++) {
        watch(image('saved'));
        watch(done(second * 10 + i, 1000));
      }
      tracker.state(60_000 + second * 1000);
    }
    const { rate, left } = tracker.state(68_100);
    expect(rate).toBeCloseTo(10_000, 0);
    expect(left).toBeCloseTo(2, 1);
  });
});

describe('where nothing is drawn', () => {
  const tty = { isTTY: true, columns: 80 };
  const terminal = { env: {}, stdout: tty, stderr: tty, piped: () => false, json: false };
  test.each([
    ['on a terminal', {}, true],
    ['on a dumb terminal', { env: { TERM: 'dumb' } }, false],
    ['in CI', { env: { CI: 'true' } }, false],
    ['with standard error in a file', { stderr: {} }, false],
    ['on 19 columns', { stderr: { isTTY: true, columns: 19 } }, false],
    ['with --json on the terminal', { json: true }, false],
    ['with --json in a file', { json: true, stdout: {} }, true],
    [
      'into a pipe, behind which somebody may write here too',
      { stdout: {}, piped: () => true },
      false,
    ],
  ])('%s', (_, change, drawn) => expect(mayDraw({ ...terminal, ...change })).toBe(drawn));
});

test.each([
  [0.2, '1 s'],
  [59.4, '59 s'],
  [61, '1 min'],
  [3599, '1 h'],
  [7500, '2 h 5 min'],
])('%d seconds read %j', (seconds, text) => expect(durationText(seconds)).toBe(text));
