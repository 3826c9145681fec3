import { TrawlError } from '../errors.ts';
import type { Executor, Settled, Tasks } from './executor.ts';
import type { KeyedLimiter } from './keyed-limiter.ts';
import { follow } from './on-abort.ts';
import { asCompleted, map } from './pulling.ts';

export interface AsyncPoolOptions<In, Out> {
  /** Does the work. The signal aborts when the pool ends. */
  readonly run: (task: In, signal: AbortSignal) => Promise<Out>;
  /** Says when a task may start; several pools may share one. */
  readonly limiter: KeyedLimiter;
  /** What the limit per key counts by, e.g. the host. */
  readonly keyOf: (task: In) => string;
  /** Tasks that `map` and `asCompleted` take from their source ahead of the consumer. Default 64. */
  readonly window?: number;
  /** Ends everything. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs tasks that wait (I/O) on this thread, as many at once as the limiter lets. */
export class AsyncPool<In, Out> implements Executor<In, Out> {
  readonly #options: AsyncPoolOptions<In, Out>;
  readonly #window: number;
  readonly #closing = new AbortController();
  readonly #forgetSignal: () => void;
  #open = 0;
  #onIdle = () => {};

  constructor(options: AsyncPoolOptions<In, Out>) {
    this.#options = options;
    this.#window = options.window ?? 64;
    this.#forgetSignal = follow(options.signal, this.#closing);
  }

  submit(task: In): Promise<Out> {
    const outcome = this.#run(task);
    this.#open++;
    const settled = () => {
      if (--this.#open === 0) this.#onIdle();
    };
    outcome.then(settled, settled);
    return outcome;
  }

  map(tasks: Tasks<In>): AsyncGenerator<Settled<In, Out>, void> {
    return map(tasks, this.#pulling());
  }

  asCompleted(tasks: Tasks<In>): AsyncGenerator<Settled<In, Out>, void> {
    return asCompleted(tasks, this.#pulling());
  }

  /** Aborts what runs and waits until it has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#forgetSignal();
    this.#closing.abort(new TrawlError('interrupted', 'The pool was closed before the task ended'));
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  async #run(task: In): Promise<Out> {
    const { limiter, keyOf, run } = this.#options;
    using _permit = await limiter.acquire(keyOf(task), this.#closing.signal);
    // The permit may have been given in the same turn in which the pool ended.
    this.#closing.signal.throwIfAborted();
    return await run(task, this.#closing.signal);
  }

  #pulling() {
    return {
      submit: (task: In) => this.submit(task),
      window: this.#window,
      signal: this.#closing.signal,
    };
  }
}
