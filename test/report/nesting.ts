import type { TraceEvent } from '../../src/report/mod.ts';

/** Faults that a viewer would show wrongly: spans that overlap without one holding the other, and the like. */
export function traceFaults(events: readonly TraceEvent[]): string[] {
  const faults: string[] = [];
  const lanes = new Map<string, TraceEvent[]>();
  const named = new Set<string>();
  for (const event of events) {
    const { ph, pid, tid, ts, dur, name } = event;
    const lane = `${pid}/${tid}`;
    if (ph === 'M') {
      named.add(name === 'thread_name' ? lane : `${pid}`);
      continue;
    }
    if (!Number.isSafeInteger(ts) || (ts as number) < 0) faults.push(`${name} has ts ${ts}`);
    if (!named.has(`${pid}`)) faults.push(`process ${pid} has no name yet`);
    if (ph !== 'X') continue;
    if (!Number.isSafeInteger(dur) || (dur as number) < 0) faults.push(`${name} has dur ${dur}`);
    if (!named.has(lane)) faults.push(`lane ${lane} has no name yet`);
    lanes.set(lane, [...(lanes.get(lane) ?? []), event]);
  }
  for (const [lane, spans] of lanes) {
    for (const [at, span] of spans.entries()) {
      // Written in the order in which they begin, so that a viewer need not sort.
      const before = spans[at - 1];
      if (before && (before.ts as number) > (span.ts as number)) faults.push(`${lane}: order`);
    }
    const open: number[] = [];
    for (const { ts = 0, dur = 0, name } of spans) {
      while (open.length > 0 && (open.at(-1) as number) <= ts) open.pop();
      const holder = open.at(-1);
      if (holder !== undefined && ts + dur > holder) faults.push(`${lane}: ${name} overlaps`);
      open.push(ts + dur);
    }
  }
  return faults;
}
