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

interface Held {
  readonly id: number;
  readonly resolve: (answer: Answered) => void;
  readonly reject: (error: unknown) => void;
}

interface StartOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One worker from its start to its end. It holds one task at a time. */
export class PooledWorker {
  readonly #handle: WorkerHandle;
  readonly #clock: Clock;
  #held: Held | undefined;
  #lastId = 0;
  #alive = true;
  #worn = false;
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

  /** It asked to be replaced when it answered its last task. */
  get worn(): boolean {
    return this.#worn;
  }

  /** Called once when the worker is no longer of use, for whatever reason but `end`. */
  onGone(fn: (reason: Error | undefined) => void): void {
    this.#gone = fn;
  }

  /**
   * Resolves with what the worker answered; rejects with its error, with `decode-crash` or with
   * `decode-timeout`. After the last two the worker is gone.
   */
  async run(task: unknown, transfer: Transferable[], timeoutMs: number): Promise<Answered> {
    if (!this.#alive) throw new TrawlError('decode-crash', 'The decoder ended before its task');
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Answered>();
    this.#held = { id, resolve, reject };
    const timer = new AbortController();
    try {
      this.#handle.post({ id, task }, transfer);
      if (timeoutMs !== Number.POSITIVE_INFINITY) {
        this.#clock.sleep(timeoutMs, timer.signal).then(
          () => this.#expire(id, timeoutMs),
          () => {},
        );
      }
      return await promise;
    } finally {
      timer.abort();
      this.#held = undefined;
    }
  }

  /** Ends the worker; the task it holds rejects with `reason`. */
  end(reason: unknown = new TrawlError('interrupted', 'The worker was ended')): Promise<void> {
    this.#alive = false;
    this.#held?.reject(reason);
    this.#held = undefined;
    // Nothing can be done about a worker that does not end.
    this.#ended ??= Promise.try(() => this.#handle.terminate()).catch(() => {});
    return this.#ended;
  }

  #answer(reply: WorkerReply | undefined): void {
    const held = this.#held;
    // A late answer belongs to a task that has been given up.
    if (!reply || !held || reply.id !== held.id) return;
    this.#worn = reply.worn === true;
    if (reply.ok) held.resolve(reply);
    else held.reject(errorOf(reply.error));
  }

  #exit(reason: Error | undefined): void {
    if (!this.#alive) return;
    const why = reason?.message ?? 'it exited';
    this.#lose(
      new TrawlError('decode-crash', `The decoder crashed: ${why}`, { cause: reason }),
      reason,
    );
  }

  #expire(id: number, timeoutMs: number): void {
    if (!this.#alive || this.#held?.id !== id) return;
    const error = new TrawlError(
      'decode-timeout',
      `Decoding was stopped after ${timeoutMs / 1000} s`,
    );
    this.#lose(error, error);
  }

  #lose(error: TrawlError, reason: Error | undefined): void {
    this.end(error);
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
