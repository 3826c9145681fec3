/** Which downloads the timeline draws: those of the last run that fetched anything. */
import type { AddressRow, RunRow } from '../store/mod.ts';
import type { Download, Timeline } from './data.ts';

const MOST_DOWNLOADS = 50_000;

export class TimelineRows {
  #run = -1;
  #exact: Download[] = [];
  #rough: Download[] = [];

  add({ url, run, sent, wireMs, fetched, ms, attempts, status }: AddressRow): void {
    const exact = sent !== undefined && wireMs !== undefined;
    // Of a failure only its end and the whole time are known, waits included.
    if (!exact && (attempts === 0 || status === 'failed')) return;
    if (run < this.#run) return;
    if (run > this.#run) {
      this.#run = run;
      this.#exact = [];
      this.#rough = [];
    }
    const list = exact ? this.#exact : this.#rough;
    if (list.length >= MOST_DOWNLOADS) return;
    if (exact) list.push({ url, start: sent, ms: wireMs });
    else list.push({ url, start: fetched - ms, ms });
  }

  result(runs: readonly RunRow[]): Timeline | undefined {
    const rough = this.#exact.length === 0;
    const rows = rough ? this.#rough : this.#exact;
    const run = runs.find(({ id }) => id === this.#run);
    if (run === undefined || rows.length === 0) return undefined;
    rows.sort((a, b) => a.start - b.start);
    const first = (rows[0] as Download).start;
    const downloads = rows.map(({ url, start, ms }) => ({ url, start: start - first, ms }));
    return { run, downloads, rough };
  }
}
