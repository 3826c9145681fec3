/** Watches a run and says at its end what bound it. */
import { availableParallelism } from 'node:os';
import type { performance as nodePerformance } from 'node:perf_hooks';
import type { Options } from '../config/schema.ts';
import { fetchSettings } from '../fetch/mod.ts';
import type { Listener } from './events.ts';
import { Meter } from './meter.ts';
import { fetchOptions } from './stage-options.ts';
import { type RunVerdict, verdictOf } from './verdict.ts';

export interface Judge {
  readonly watch: Listener;
  /** Of the time until now. */
  verdict(): RunVerdict;
}

/** Node's own; Deno does not tell. */
type Loop = Partial<Pick<typeof nodePerformance, 'eventLoopUtilization'>>;
const loop: Loop = globalThis.performance as Loop;

/** Starts to measure. */
export function judge(options: Options): Judge {
  const { total, perHost, adaptive, bandwidth, delay, rate } = fetchSettings(fetchOptions(options));
  const cores = availableParallelism();
  const workers = options.dedupe === 'near' ? (options.workers ?? cores) : 0;
  const meter = new Meter({ workers, total, perHost, started: performance.now() });
  const idle = loop.eventLoopUtilization?.();
  return {
    watch: (event) => meter.watch(event),
    verdict() {
      const { utilization } = (idle && loop.eventLoopUtilization?.(idle)) ?? {};
      const settings = { workers, cores, total, perHost, adaptive, bandwidth, delay, rate };
      return verdictOf(meter.measured(performance.now()), settings, utilization);
    },
  };
}
