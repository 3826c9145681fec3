/**
 * One request and its response on an undici dispatcher. The lowest of undici's interfaces is used:
 * for many small images fetch() and its web streams cost several times the CPU of everything else.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate } from 'node:timers';
import type { Dispatcher } from 'undici';
import { onAbort } from '../concurrency/on-abort.ts';
import { contentLength } from './content-length.ts';

export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Takes a body. Pieces may come on while a promise that `write` returned is still open. */
export interface BodySink {
  /** Throws to give the response up; a promise stops the flow until it is settled. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** The body has ended as HTTP says. */
  end(): Promise<void>;
}

/** Thrown by a sink that has enough: the exchange ends there as a success. */
export const ENOUGH: unique symbol = Symbol('enough');

/** What is read of a body nobody wants (redirects, errors), so that the connection can be used again. */
const DRAIN_BYTES = 64 * 1024;
const DRAIN_MS = 2000;

/**
 * Sends the request and hands the body to the sink that `accept` returns for the head; without a sink
 * the body is thrown away. Resolves when the body has ended. Rejects with what undici, `accept` or the
 * sink threw, or with the signal's reason. `onSent` is called when there is a connection for the request.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  accept: (head: Head) => BodySink | undefined,
  signal: AbortSignal | undefined,
  onSent?: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const handler = new Exchange(accept, resolve, reject, onSent);
    if (signal?.aborted) return reject(signal.reason);
    handler.forgetSignal = onAbort(signal, () => handler.fail(signal?.reason));
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      handler.fail(error);
    }
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #accept: (head: Head) => BodySink | undefined;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  readonly #onSent: (() => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: BodySink | undefined;
  #settled = false;
  #drainTimer: ReturnType<typeof setTimeout> | undefined;
  #waiting = 0;
  /** Bytes of the body: announced, and arrived. */
  #length: number | undefined;
  #arrived = 0;
  forgetSignal = (): void => {};

  constructor(
    accept: (head: Head) => BodySink | undefined,
    resolve: () => void,
    reject: (error: unknown) => void,
    onSent: (() => void) | undefined,
  ) {
    this.#accept = accept;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onSent = onSent;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) controller.abort(GIVEN_UP);
    else this.#onSent?.();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // 103 Early Hints and the like.
    if (status < 200 || this.#settled) return;
    try {
      this.#sink = this.#accept({ status, headers });
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#length = contentLength(headers['content-length']);
    if (this.#sink) return;
    if ((this.#length ?? 0) > DRAIN_BYTES) this.#finish();
    else this.#drainTimer = setTimeout(() => this.#finish(), DRAIN_MS);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    this.#arrived += chunk.length;
    if (!this.#sink) {
      if (this.#arrived > DRAIN_BYTES) this.#finish();
      return;
    }
    let wait: Promise<void> | undefined;
    try {
      wait = this.#sink.write(chunk);
    } catch (error) {
      this.#sinkFailed(error);
      return;
    }
    if (!wait) return;
    this.#waiting++;
    controller.pause();
    wait.then(
      () => {
        this.#waiting--;
        if (this.#waiting === 0 && !this.#settled) controller.resume();
      },
      (error) => this.#sinkFailed(error),
    );
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    // undici gives the connection free one turn of the loop after the end. Who starts the next request
    // before that gets a new connection: twice as many as there are requests at once.
    const ended = this.#sink ? this.#sink.end() : Promise.resolve();
    ended.then(
      () => setImmediate(() => this.#settle(this.#resolve)),
      (error) => this.#sinkFailed(error),
    );
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // The rest of a body that nobody wants may break as it likes.
    if (this.#drainTimer) this.#settle(this.#resolve);
    else if (this.#isWhole(error)) this.onResponseEnd();
    else this.fail(error);
  }

  /** undici 8.12 takes a length with a space behind it for another number, and says so when all has come. */
  #isWhole(error: Error): boolean {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && this.#arrived === this.#length;
  }

  fail(error: unknown): void {
    this.#settle(() => this.#reject(error));
    this.#abort();
  }

  #sinkFailed(error: unknown): void {
    if (error === ENOUGH) this.#finish();
    else this.fail(error);
  }

  #finish(): void {
    this.#settle(this.#resolve);
    this.#abort();
  }

  #settle(how: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#drainTimer);
    this.forgetSignal();
    how();
  }

  #abort(): void {
    if (this.#controller && !this.#controller.aborted) this.#controller.abort(GIVEN_UP);
  }
}

/** undici wants a reason; nobody sees it, because the exchange is settled before. */
const GIVEN_UP = new Error('The request was given up');
