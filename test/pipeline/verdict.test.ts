import { describe, expect, test } from 'vitest';
import { verdictText } from '../../src/cli/verdict-text.ts';
import type { FetchEvent } from '../../src/fetch/mod.ts';
import { Meter } from '../../src/pipeline/meter.ts';
import { type RunSettings, verdictOf } from '../../src/pipeline/verdict.ts';

const fixed: RunSettings = {
  workers: 2,
  cores: 4,
  total: 64,
  perHost: 8,
  adaptive: false,
  delay: 0,
};

/** A run told as events, in ms since its start. */
class Story {
  readonly #settings: RunSettings;
  readonly #meter: Meter;
  #ids = 0;
  #events: { at: number; event: FetchEvent }[] = [];

  constructor(settings: Partial<RunSettings> = {}) {
    this.#settings = { ...fixed, ...settings };
    this.#meter = new Meter({ ...this.#settings, started: 0 });
  }

  /** One request that waits from `queued`, is sent at `sent`, and answered and ended as said. */
  request(queued: number, sent: number, headers: number, done: number, host = 'a.example'): number {
    const id = ++this.#ids;
    const url = `https://${host}/${id}`;
    const bytes = 1000;
    this.#tell({ type: 'queued', at: queued, id, host });
    const request = { type: 'request', at: sent, id, url, host, purpose: 'image' } as const;
    this.#tell({ ...request, attempt: 1, waitedMs: sent - queued });
    this.#tell({ type: 'first-byte', at: headers, id, status: 200, ms: headers - sent });
    this.#tell({ type: 'done', at: done, id, ok: true, bytes, ms: done - sent });
    return id;
  }

  retry(at: number, waitMs: number, id: number, host = 'a.example'): void {
    this.#tell({ type: 'retry-wait', at, id, host, attempt: 1, waitMs, error: 'reset' });
  }

  limit(limit: number, host = 'a.example'): void {
    this.#tell({ type: 'host-limit', at: 0, host, limit });
  }

  verdict(end: number, { busy = [] as [number, number][], mainThread = 0.1, start = 0 } = {}) {
    const workers = Array.from({ length: this.#settings.workers }, (_, i) => i + 1);
    const told = [
      ...this.#events.map(({ at, event }) => ({ at, event: { type: 'fetch', event } as const })),
      ...workers.flatMap((worker) => [
        {
          at: start,
          event: { type: 'worker', event: { type: 'start', worker, at: start } } as const,
        },
        ...busy.flatMap(([from, to]) => [
          {
            at: from,
            event: { type: 'worker', event: { type: 'busy', worker, at: from } } as const,
          },
          { at: to, event: { type: 'worker', event: { type: 'idle', worker, at: to } } as const },
        ]),
      ]),
    ].sort((a, b) => a.at - b.at);
    for (const { event } of told) if (event.event.at <= end) this.#meter.watch(event);
    return verdictOf(this.#meter.measured(end), this.#settings, mainThread);
  }

  #tell(event: FetchEvent): void {
    this.#events.push({ at: event.at, event });
  }
}

/** `rounds` of `width` requests of 100 ms each, all of them wanted from the beginning. */
function rounds(story: Story, width: number, count: number, hosts = ['a.example']): void {
  for (let round = 0; round < count; round++) {
    for (let i = 0; i < width; i++) {
      const sent = round * 100;
      story.request(0, sent, sent + 99, sent + 100, hosts[i % hosts.length]);
    }
  }
}

describe('the verdict from measured times', () => {
  test('a limit for the host, as people read it', () => {
    const story = new Story();
    rounds(story, 8, 10);
    const verdict = story.verdict(1000, { busy: [[500, 600]] });
    expect(verdict).toMatchObject({ bound: 'network', cause: 'per-host-limit', limit: 8 });
    expect(verdictText(verdict)).toBe(
      'I/O-bound: 90 % waiting on a.example at its limit of 8; workers 10 % busy. More per-host connections would help: --per-host 16.',
    );
  });

  test('a long queue alone does not say that more connections would help', () => {
    const story = new Story();
    // The answers begin at once; what takes long is the bodies.
    for (let i = 0; i < 80; i++) {
      const sent = Math.floor(i / 8) * 100;
      story.request(0, sent, sent + 5, sent + 100);
    }
    const verdict = story.verdict(1000);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'bandwidth', rate: 80_000 });
    expect(verdict).not.toHaveProperty('help');
  });

  test('a limit that the program found itself is none of the user', () => {
    const story = new Story({ adaptive: true, perHost: 64 });
    story.limit(16);
    rounds(story, 16, 10);
    const verdict = story.verdict(1000);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'latency' });
    expect(verdict).not.toHaveProperty('help');
  });

  test('several hosts that share the limit in all', () => {
    const story = new Story({ total: 8 });
    rounds(story, 8, 10, ['a.example', 'b.example', 'c.example', 'd.example']);
    expect(story.verdict(1000)).toMatchObject({ cause: 'total-limit', limit: 8, help: '-j 16' });
  });

  test('one host with -j as low as --per-host: only auto raises both', () => {
    const story = new Story({ total: 8 });
    rounds(story, 8, 10);
    expect(story.verdict(1000)).toMatchObject({ cause: 'total-limit', limit: 8, help: '-j auto' });
  });

  test('waits before further tries', () => {
    const story = new Story();
    const id = story.request(0, 0, 10, 20);
    story.retry(20, 900, id);
    story.request(920, 920, 940, 950);
    expect(story.verdict(1000)).toMatchObject({ bound: 'network', cause: 'retries' });
  });

  test('room for more, and yet requests wait: robots.txt asked for it', () => {
    const story = new Story();
    for (let i = 0; i < 10; i++) story.request(0, i * 100, i * 100 + 5, i * 100 + 10);
    const verdict = story.verdict(1000);
    expect(verdict).toMatchObject({ bound: 'network', cause: 'delay' });
    expect(verdictText(verdict)).toMatch(/as robots\.txt of a\.example asks.*No option would help/);
  });

  test('decoding, with cores to spare and without', () => {
    for (const [cores, help] of [
      [4, '--workers 4'],
      [2, '--dedupe exact'],
    ] as const) {
      const story = new Story({ cores });
      rounds(story, 8, 1);
      const verdict = story.verdict(1000, { busy: [[100, 980]] });
      expect(verdict).toMatchObject({ bound: 'compute', cause: 'workers', help, compute: 0.88 });
    }
  });

  test('downloads that go on beside workers that are all busy do not make it I/O-bound', () => {
    const story = new Story();
    rounds(story, 8, 10);
    expect(story.verdict(1000, { busy: [[100, 950]] }).bound).toBe('compute');
  });

  test('a main thread that has no time is no slow network', () => {
    const story = new Story();
    rounds(story, 8, 10);
    const verdict = story.verdict(1000, { mainThread: 0.97 });
    expect(verdict).toMatchObject({ bound: 'compute', cause: 'main-thread' });
  });

  test('the start of the decoder, in a run that is over at once', () => {
    const story = new Story();
    rounds(story, 8, 1);
    const verdict = story.verdict(1000, { start: 900, busy: [[900, 990]] });
    expect(verdict.bound).toBe('startup');
  });

  test('as much of the one as of the other', () => {
    const story = new Story();
    rounds(story, 8, 4);
    const verdict = story.verdict(1000, { busy: [[400, 850]] });
    expect(verdict).toMatchObject({ bound: 'balanced', network: 0.4, compute: 0.45 });
    expect(verdictText(verdict)).toMatch(
      /^Balanced: 40 % waiting on the network, 45 % on decoding/,
    );
  });

  test('nothing at all', () => {
    expect(new Story().verdict(0)).toMatchObject({ bound: 'balanced', network: 0, compute: 0 });
  });
});
