/** Counts a run from its events. */
import type { ImageRecord } from '../model.ts';
import type { Summary, TrawlEvent } from './events.ts';

const COUNTED = {
  saved: 'saved',
  unchanged: 'unchanged',
  duplicate: 'duplicates',
  filtered: 'filtered',
  failed: 'failed',
} as const satisfies Record<ImageRecord['status'], keyof Summary>;

export class Tally {
  readonly #counts = { images: 0, saved: 0, unchanged: 0, duplicates: 0, filtered: 0, failed: 0 };
  #sources = 0;
  #named = 0;
  #sourcesFailed = 0;
  #bytes = 0;

  watch(event: TrawlEvent): void {
    switch (event.type) {
      case 'image':
        this.#counts.images++;
        this.#counts[COUNTED[event.record.status]]++;
        break;
      case 'replaced':
        this.#counts.saved--;
        this.#counts.duplicates++;
        break;
      case 'source':
        this.#sources++;
        this.#named += event.images;
        break;
      case 'source-failed':
        this.#sourcesFailed++;
        break;
      case 'fetch':
        if (event.event.type === 'done') this.#bytes += event.event.bytes;
        break;
    }
  }

  summary(seconds: number): Summary {
    return {
      ...this.#counts,
      named: this.#named,
      sources: this.#sources,
      sourcesFailed: this.#sourcesFailed,
      bytes: this.#bytes,
      seconds: Math.round(seconds * 1000) / 1000,
    };
  }
}
