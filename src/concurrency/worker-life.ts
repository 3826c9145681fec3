import { ERROR_CODES, type ErrorCode, TrawlError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { onAbort } from './on-abort.ts';
import {
  asReply,
  type Phases,
  type WorkerHandle,
  type WorkerKind,
  type WorkerReply,
} from './worker-kind.ts';

/** What a worker answered. */
export interface Answered {
  readonly value: unknown;
  readonly phases?: Phases;
}

/** What a task rejects with that its worker was lost or ended over, through no fault of the task. */
export class Unfinished extends Error {}

/** A task that a worker has been handed. */
export interface Handed {
  readonly id: number;
  /** With its answer, the worker asked to be replaced, and takes no other task. */
  worn: boolean;
  readonly answer: Promise<Answered>;
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

interface StartOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One worker from its start to its end. It works on the tasks that it is handed in their order. */
export class PooledWorker {
  readonly #handle: WorkerHandle;
  readonly #clock: Clock;
  readonly #handed: Handed[] = [];
  #lastId = 0;
  #alive = true;
  #ended: Promise<void> | undefined;
  #gone: (reason: Error | undefined) => void = () => {};

  private constructor(handle: WorkerHandle, clock: Clock) {
    this.#handle = handle;
    this.#clock = clock;
    handle.onMessage((message) => this.#answer(asReply(message)));
    handle.onExit((reason) => this.#exit(reason));
  }

  /** Rejects when the worker is not ready in time, or the signal aborts first. */
  static async start(kind: WorkerKind, options: StartOptions): Promise<PooledWorker> {
    const { clock, timeoutMs, signal } = options;
    const spawning = Promise.try(() => kind.spawn());
    const givenUp = Promise.withResolvers<never>();
    givenUp.promise.catch(() => {});
    const giveUp = (reason: unknown) => {
      // It may still come, and nobody would end it.
      spawning.then((handle) => handle.terminate()).catch(() => {});
      givenUp.reject(reason);
    };
    const timer = new AbortController();
    const forgetSignal = onAbort(signal, () => giveUp(signal.reason));
    clock.sleep(timeoutMs, timer.signal).then(
      () => giveUp(new Error(`not ready after ${timeoutMs / 1000} s`)),
      () => {},
    );
    try {
      return new PooledWorker(await Promise.race([spawning, givenUp.promise]), clock);
    } finally {
      timer.abort();
      forgetSignal();
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Called once when the worker is no longer of use, for whatever reason but `end`. */
  onGone(fn: (reason: Error | undefined) => void): void {
    this.#gone = fn;
  }

  /** Posts a task. {@link answerTo} waits for its answer. */
  hand(task: unknown, transfer: Transferable[]): Handed {
    const { promise: answer, resolve, reject } = Promise.withResolvers<Answered>();
    // Nobody may have come to wait for it when the worker is lost.
    answer.catch(() => {});
    const handed = { id: ++this.#lastId, worn: false, answer, resolve, reject };
    this.#handle.post({ id: handed.id, task }, transfer);
    this.#handed.push(handed);
    return handed;
  }

  /**
   * Resolves with what the worker answered to the first of the tasks that it has; rejects with its error, with
   * `decode-crash`, `decode-timeout` or {@link Unfinished}. After the last three the worker is gone.
   */
  async answerTo({ id, answer }: Handed, timeoutMs: number): Promise<Answered> {
    const timer = new AbortController();
    if (timeoutMs !== Number.POSITIVE_INFINITY) {
      this.#clock.sleep(timeoutMs, timer.signal).then(
        () => this.#expire(id, timeoutMs),
        () => {},
      );
    }
    try {
      return await answer;
    } finally {
      timer.abort();
    }
  }

  /** Ends the worker; the tasks it has reject with `reason`. */
  end(reason: unknown = new Unfinished()): Promise<void> {
    this.#alive = false;
    for (const { reject } of this.#handed.splice(0)) reject(reason);
    // Nothing can be done about a worker that does not end.
    this.#ended ??= Promise.try(() => this.#handle.terminate()).catch(() => {});
    return this.#ended;
  }

  #answer(reply: WorkerReply | undefined): void {
    const [first] = this.#handed;
    // A late answer belongs to a task that has been given up.
    if (!reply || !first || reply.id !== first.id) return;
    this.#handed.shift();
    first.worn = reply.worn === true;
    if (reply.ok) first.resolve(reply);
    else first.reject(errorOf(reply.error));
  }

  #exit(reason: Error | undefined): void {
    if (!this.#alive) return;
    const why = reason?.message ?? 'it exited';
    // With two tasks, the answer to the first may have been lost, and the second be what it crashed over.
    const [only, more] = this.#handed;
    if (!more) {
      only?.reject(
        new TrawlError('decode-crash', `The decoder crashed: ${why}`, { cause: reason }),
      );
    }
    this.#lose(reason);
  }

  #expire(id: number, timeoutMs: number): void {
    const [first] = this.#handed;
    if (first?.id !== id) return;
    const error = new TrawlError(
      'decode-timeout',
      `Decoding was stopped after ${timeoutMs / 1000} s`,
    );
    first.reject(error);
    this.#lose(error);
  }

  #lose(reason: Error | undefined): void {
    this.end();
    this.#gone(reason);
  }
}

function errorOf(error: { readonly code?: string; readonly message: string }): TrawlError {
  const known = error.code !== undefined && Object.hasOwn(ERROR_CODES, error.code);
  const code = known ? (error.code as ErrorCode) : 'decode-crash';
  // An image must not be able to end the run, whatever it made the worker say.
  const kept = ERROR_CODES[code].kind === 'abort' ? 'decode-crash' : code;
  return new TrawlError(kept, error.message);
}
