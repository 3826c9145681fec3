/**
 * What happens in a run, as typed events. Whoever watches (terminal, JSON lines, trace, report,
 * metrics) subscribes; the pipeline knows none of them.
 */
import type { WorkerEvent } from '../concurrency/mod.ts';
import type { TrawlError } from '../errors.ts';
import type { FetchEvent } from '../fetch/mod.ts';
import type { ImageRecord } from '../model.ts';
import type { RunVerdict } from './verdict.ts';

export type TrawlEvent =
  /** A page, list or manifest was read; `images` it named. */
  | { readonly type: 'source'; readonly source: string; readonly images: number }
  | { readonly type: 'source-failed'; readonly source: string; readonly error: TrawlError }
  /** A row or file within a source was passed over. */
  | {
      readonly type: 'problem';
      readonly source: string;
      readonly line?: number;
      readonly message: string;
    }
  /** One more image is known; `known` so far. */
  | { readonly type: 'found'; readonly known: number }
  /** No further image is expected, unless a listed address turns out to be a page. */
  | { readonly type: 'all-found' }
  | { readonly type: 'image'; readonly record: ImageRecord }
  /** An image saved before gave way to a better copy. */
  | { readonly type: 'replaced'; readonly record: ImageRecord }
  /** A file that the sources no longer name was removed. */
  | { readonly type: 'pruned'; readonly file: string }
  /** An image's file has got its name; `at` is `performance.now()`, like that of fetch and worker events. */
  | {
      readonly type: 'written';
      readonly file: string;
      readonly bytes: number;
      readonly at: number;
      readonly ms: number;
    }
  | { readonly type: 'fetch'; readonly event: FetchEvent }
  | { readonly type: 'worker'; readonly event: WorkerEvent }
  | { readonly type: 'summary'; readonly summary: Summary };

/** Counts of a run; the last line of `get --json`. */
export interface Summary {
  readonly images: number;
  readonly saved: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly filtered: number;
  readonly failed: number;
  /** Images that the sources named, before any was left out. */
  readonly named: number;
  readonly sources: number;
  readonly sourcesFailed: number;
  /** Received in bodies, what was thrown away included. */
  readonly bytes: number;
  readonly seconds: number;
  /** What bound the run; absent where nothing measures it. */
  readonly verdict?: RunVerdict;
}

export type Listener = (event: TrawlEvent) => void;

export class EventStream {
  readonly #listeners = new Set<Listener>();

  /** Returns what ends the subscription. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: TrawlEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
