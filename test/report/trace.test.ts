import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WorkerEvent } from '../../src/concurrency/mod.ts';
import type { FetchEvent } from '../../src/fetch/mod.ts';
import type { TrawlEvent } from '../../src/pipeline/events.ts';
import { type TraceEvent, TraceFile, traceListener } from '../../src/report/mod.ts';
import { image, testPool } from '../fetch/support.ts';
import { faultyServer } from '../support/faulty-server.ts';
import { traceFaults } from './nesting.ts';

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'imgtrawl-trace-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'trace.json');
}

const read = (path: string): TraceEvent[] => JSON.parse(readFileSync(path, 'utf8')).traceEvents;

/** The trace of these events. */
function traced(events: readonly TrawlEvent[]): TraceEvent[] {
  const path = scratch();
  {
    using file = TraceFile.open(path);
    const listen = traceListener(file);
    for (const event of events) listen(event);
  }
  return read(path);
}

const spans = (events: readonly TraceEvent[], name?: string) =>
  events.filter((event) => event.ph === 'X' && (name === undefined || event.name === name));

const fetchEvents = (events: readonly FetchEvent[]) =>
  events.map((event): TrawlEvent => ({ type: 'fetch', event }));
const workerEvents = (events: readonly WorkerEvent[]) =>
  events.map((event): TrawlEvent => ({ type: 'worker', event }));

describe('the file', () => {
  test('is whole JSON at any time, whoever ends the program', () => {
    const path = scratch();
    using file = TraceFile.open(path);
    expect(read(path)).toEqual([]);
    for (let ts = 1; ts <= 5000; ts++) {
      file.write({ ph: 'i', name: 'ü'.repeat(ts % 50), ts, pid: 1, tid: 1, s: 't' });
      if (ts % 500 === 0) expect(read(path).length).toBeLessThanOrEqual(ts);
    }
    expect(read(path).length).toBeGreaterThan(3000);
    file[Symbol.dispose]();
    expect(read(path)).toHaveLength(5000);
    expect(read(path).at(-1)).toMatchObject({ ts: 5000 });
  });

  test('that cannot be written is refused before the run', () => {
    expect(() => TraceFile.open(join(scratch(), 'deeper'))).toThrow(
      expect.objectContaining({ code: 'output-not-writable' }),
    );
  });
});

describe('requests', () => {
  test('lie in the lane of their connection, parted into wait and transfer', () => {
    const url = 'https://a.test/x/photo.jpg?size=2';
    const events = traced(
      fetchEvents([
        { type: 'dns', at: 20, host: 'a.test', ms: 10 },
        {
          type: 'request',
          at: 21,
          id: 1,
          url,
          host: 'a.test',
          purpose: 'image',
          attempt: 1,
          waitedMs: 11,
        },
        { type: 'connect', at: 30, host: 'a.test', ms: 8, connection: 1 },
        { type: 'tls', at: 45, host: 'a.test', ms: 15, protocol: 'http/1.1', connection: 1 },
        { type: 'first-byte', at: 60, id: 1, status: 200, ms: 14, connection: 1 },
        { type: 'done', at: 80, id: 1, ok: true, bytes: 999, ms: 59, connection: 1, carriedMs: 34 },
      ]),
    );
    expect(traceFaults(events)).toEqual([]);
    const told = spans(events).map(({ name, ts, dur }) => [name, ts, dur]);
    expect(told).toEqual([
      ['dns', 10_000, 10_000],
      ['queue', 10_000, 11_000],
      ['connect', 22_000, 8000],
      ['tls', 30_000, 15_000],
      ['photo.jpg', 46_000, 34_000],
      ['wait', 46_000, 14_000],
      ['transfer', 60_000, 20_000],
    ]);
    const [request] = spans(events, 'photo.jpg');
    expect(request?.args).toMatchObject({ url, status: 200, bytes: 999, attempt: 1 });
    const lane = events.find(
      ({ name, pid, tid }) => name === 'thread_name' && pid === request?.pid && tid === request.tid,
    );
    expect(lane?.args).toEqual({ name: 'connection 1 · a.test' });
  });

  test('at once on one HTTP/2 connection lie in lanes below each other', () => {
    const streams = [1, 2, 3].flatMap((id): FetchEvent[] => [
      {
        type: 'request',
        at: 20 + id,
        id,
        url: `https://a.test/${id}`,
        host: 'a.test',
        purpose: 'image',
        attempt: 1,
        waitedMs: 0,
      },
      { type: 'first-byte', at: 40 + id, id, status: 200, ms: 20, connection: 4 },
    ]);
    const ends = [3, 1, 2].map((id, at): FetchEvent => {
      const carriedMs = 40 + at - id;
      return {
        type: 'done',
        at: 60 + at,
        id,
        ok: true,
        bytes: 1,
        ms: 40,
        connection: 4,
        carriedMs,
      };
    });
    const events = traced(
      fetchEvents([
        { type: 'connect', at: 10, host: 'a.test', ms: 5, connection: 4 },
        { type: 'tls', at: 15, host: 'a.test', ms: 5, protocol: 'h2', connection: 4 },
        ...streams,
        ...ends,
      ]),
    );
    expect(traceFaults(events)).toEqual([]);
    expect(new Set(spans(events, 'wait').map(({ tid }) => tid)).size).toBe(3);
    expect(new Set(spans(events, 'wait').map(({ pid }) => pid)).size).toBe(1);
  });

  test('of a real pool give a trace without faults, with every request in it once', async () => {
    await using server = await faultyServer(async (e) => {
      await e.wait(e.nth * 3);
      if (e.path === '/2' && e.nth === 1) e.reset();
      else if (e.path === '/5' && e.nth === 1) e.reply(503, {}, 'busy');
      else e.reply(200, {}, 'x'.repeat(20_000));
    });
    const path = scratch();
    {
      using file = TraceFile.open(path);
      const listen = traceListener(file);
      const onEvent = (event: FetchEvent) => listen({ type: 'fetch', event });
      await using pool = testPool({ concurrency: 4, retries: 2 }, { onEvent });
      const urls = Array.from({ length: 30 }, (_, n) => `${server.origin}/${n}`);
      await Promise.allSettled(urls.map((url) => pool.submit(image(url))));
      await pool.submit(image('http://127.0.0.1:9/', {})).catch(() => {});
    }
    const events = read(path);
    expect(traceFaults(events)).toEqual([]);
    const requests = spans(events).filter(({ args }) => args?.purpose !== undefined);
    const served = requests.filter(({ args }) => !String(args?.url).includes(':9/'));
    expect(served).toHaveLength(server.requests.length);
    expect(requests.length).toBeGreaterThan(served.length);
    // HTTP/1.1: as many lanes as there were connections.
    expect(new Set(served.map(({ tid }) => tid)).size).toBe(server.connections);
    expect(spans(events, 'connect')).toHaveLength(server.connections);
  });
});

test('workers have a lane each, with what they did, and what waited for them beside', () => {
  const phases = [['decode', 6] as const, ['hash', 1] as const];
  const events = traced([
    ...workerEvents([
      { type: 'start', worker: 1, at: 5 },
      { type: 'idle', worker: 1, at: 5 },
      { type: 'busy', worker: 1, at: 10, label: 'https://a.test/a.jpg', waitedMs: 4 },
      { type: 'idle', worker: 1, at: 20, phases },
      { type: 'busy', worker: 1, at: 21, label: 'https://a.test/bomb.jpg', waitedMs: 0 },
      { type: 'replaced', worker: 1, at: 30, reason: 'not answered in time' },
    ]),
    { type: 'written', file: 'a.jpg', bytes: 10, at: 25, ms: 3 },
  ]);
  expect(traceFaults(events)).toEqual([]);
  expect(spans(events).map(({ name, ts, dur }) => [name, ts, dur])).toEqual([
    ['worker queue', 6000, 4000],
    ['a.jpg', 10_000, 10_000],
    ['decode', 13_000, 6000],
    ['hash', 19_000, 1000],
    ['bomb.jpg', 21_000, 9000],
    ['write', 22_000, 3000],
  ]);
  const names = events.filter(({ name }) => name === 'process_name').map(({ args }) => args?.name);
  expect(names).toEqual(['workers', 'waiting for a worker', 'writing']);
});

test('jobs that share a file have processes of their own', () => {
  const path = scratch();
  {
    using file = TraceFile.open(path);
    for (const [nth, job] of ['first', 'second'].entries()) {
      traceListener(file, job, nth)({ type: 'written', file: 'a', bytes: 1, at: 2, ms: 1 });
    }
  }
  const names = read(path).filter(({ name }) => name === 'process_name');
  expect(names.map(({ args }) => args?.name)).toEqual(['first: writing', 'second: writing']);
  expect(new Set(names.map(({ pid }) => pid)).size).toBe(2);
});

test('no order of waits makes spans of one lane overlap', () => {
  const written = fc.record({ at: fc.nat(50), ms: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(written, { maxLength: 40 }), (list) => {
      // Events come in the order of their ends.
      const events = list
        .map(({ at, ms }) => ({ type: 'written' as const, file: 'a', bytes: 1, at: at + 50, ms }))
        .sort((a, b) => a.at - b.at);
      expect(traceFaults(traced(events))).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
