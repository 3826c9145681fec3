import { TrawlError } from '../errors.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Executor, Settled, Tasks } from './executor.ts';
import { onAbort } from './on-abort.ts';
import { asCompleted, map } from './pulling.ts';
import { Queue } from './queue.ts';
import type { Phases, WorkerKind } from './worker-kind.ts';
import { type Handed, PooledWorker, Unfinished } from './worker-life.ts';

export interface WorkerPoolOptions<In, Out> {
  readonly kind: WorkerKind;
  /** Most workers at once. Each starts when there is work for it, or by `warm`. */
  readonly size: number;
  /** Longest time for one task, in ms. Default: none. */
  readonly taskTimeoutMs?: number;
  /** A worker ends when it has had nothing to do for so long, in ms. Default: never. */
  readonly idleMs?: number;
  /** Longest time for a worker to become ready, in ms. Default 30,000. */
  readonly spawnTimeoutMs?: number;
  /** What is posted for a task. Called when a worker is free, so that buffers are not moved earlier. */
  readonly encode: (task: In) => { readonly message: unknown; readonly transfer?: Transferable[] };
  /** Checks and reads what the worker answered; may throw a TrawlError. */
  readonly decode: (value: unknown, task: In) => Out;
  /** Tasks that `map` and `asCompleted` take from their source ahead. Default: six for each worker. */
  readonly window?: number;
  /**
   * Whether a task is one for the first worker alone: so that of tasks which leave a worker large, and of
   * which there is never more than one, not every worker becomes large. Default: no task is.
   */
  readonly firstOnly?: (task: In) => boolean;
  /**
   * Whether a task is a short one: while a worker is at work on such a task and others wait, it is handed the
   * next, so that it does not stand idle until this thread has taken its answer. Default: no task is.
   */
  readonly short?: (task: In) => boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Ends all workers and rejects all tasks. */
  readonly signal?: AbortSignal | undefined;
  /** For traces and the progress display. */
  readonly onEvent?: (event: WorkerEvent) => void;
  /** What a task is called in events. Default: nothing. */
  readonly label?: (task: In) => string | undefined;
}

/** `worker` is the place in the pool, from 1; who replaces a lost worker takes its number. */
export interface WorkerEvent {
  readonly type: 'start' | 'busy' | 'idle' | 'replaced' | 'end';
  readonly worker: number;
  /** The clock's time, in ms. */
  readonly at: number;
  /** Why a worker was replaced. */
  readonly reason?: string;
  /** With `busy`: what it works on, as `label` says, and how long that waited for a worker, in ms. */
  readonly label?: string;
  readonly waitedMs?: number;
  /** With `idle` after a task that went well: what the worker did for it. */
  readonly phases?: Phases;
}

interface Job<In, Out> {
  readonly task: In;
  /** The clock's time when it came. */
  readonly since: number;
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
  /** A worker was lost that had it and another one: it may be at fault, so no other is to be with it. */
  alone: boolean;
}

interface Given<In, Out> {
  readonly job: Job<In, Out>;
  readonly handed: Handed;
}

interface Place<In, Out> {
  readonly number: number;
  state: 'empty' | 'starting' | 'idle' | 'busy';
  worker: PooledWorker | undefined;
  /** What the worker has to do: that which it works on, and maybe the next. */
  given: Given<In, Out>[];
  /** Ends the countdown to the end of an idle worker. */
  idleTimer: AbortController | undefined;
  /** Settles when the start has ended, well or not. */
  started: Promise<void>;
}

/**
 * Tasks to have submitted for each worker so that it never waits for one: what it works on, what it is handed
 * ahead, and as many that wait or are still being made ready. With four, two workers stood idle 1 % longer.
 */
const PER_WORKER = 6;

/** So often in a row may a worker fail to start before the pool gives up. */
const START_TRIES = 3;

/** Runs tasks that compute (CPU) on other threads. Knows nothing of what runs there. */
export class WorkerPool<In, Out> implements Executor<In, Out> {
  readonly #options: WorkerPoolOptions<In, Out>;
  readonly #clock: Clock;
  readonly #places: Place<In, Out>[];
  readonly #jobs = new Queue<Job<In, Out>>();
  /** To be done again, alone. */
  readonly #again = new Queue<Job<In, Out>>();
  /** For the first worker alone. */
  readonly #firstJobs = new Queue<Job<In, Out>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #forgetSignal: () => void;
  readonly #closing = new AbortController();
  #failedStarts = 0;
  #closed: { readonly reason: unknown } | undefined;
  #busyMs = 0;

  constructor(options: WorkerPoolOptions<In, Out>) {
    if (!(Number.isSafeInteger(options.size) && options.size >= 1)) {
      throw new RangeError(`size must be a whole number of at least 1, not ${options.size}`);
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#places = Array.from({ length: options.size }, (_, index) => ({
      number: index + 1,
      state: 'empty',
      worker: undefined,
      given: [],
      idleTimer: undefined,
      started: Promise.resolve(),
    }));
    const { signal } = options;
    this.#forgetSignal = onAbort(signal, () => this.#close(signal?.reason));
    if (signal?.aborted) this.#close(signal.reason);
  }

  /** Tasks to have submitted at once, or more. */
  get window(): number {
    return this.#options.window ?? this.#options.size * PER_WORKER;
  }

  /** Time that workers have spent on finished tasks, summed over all of them, in ms. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Workers that are starting, idle or busy. */
  get workers(): number {
    return this.#places.filter((place) => place.state !== 'empty').length;
  }

  submit(task: In): Promise<Out> {
    if (this.#closed) return Promise.reject(this.#closed.reason);
    return new Promise((resolve, reject) => {
      const queue = this.#options.firstOnly?.(task) ? this.#firstJobs : this.#jobs;
      queue.push({ task, since: this.#clock.now(), resolve, reject, alone: false });
      this.#dispatch();
    });
  }

  map(tasks: Tasks<In>): AsyncGenerator<Settled<In, Out>, void> {
    return map(tasks, this.#pulling());
  }

  asCompleted(tasks: Tasks<In>): AsyncGenerator<Settled<In, Out>, void> {
    return asCompleted(tasks, this.#pulling());
  }

  /** Starts up to `count` workers ahead of the first task; resolves when they are ready or failed. */
  async warm(count: number): Promise<void> {
    const wanted = this.#places.slice(0, Math.max(0, count));
    for (const place of wanted) if (place.state === 'empty') this.#start(place);
    await Promise.all(wanted.map((place) => place.started));
  }

  /** Ends all workers; tasks that have not ended reject. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close(new TrawlError('interrupted', 'The worker pool was closed before the task ended'));
    await Promise.all(this.#ending);
  }

  #dispatch(): void {
    // Lowest number first, so that those which are too many stay idle and end.
    for (const place of this.#places) {
      while (place.state === 'idle') {
        const job =
          (place.number === 1 && this.#firstJobs.shift()) ||
          this.#again.shift() ||
          this.#jobs.shift();
        if (!job) break;
        if (this.#give(place, job)) this.#work(place);
      }
    }
    const first = this.#places[0]!;
    if (this.#firstJobs.size > 0 && first.state === 'empty') this.#start(first);
    let coming = this.#places.filter((place) => place.state === 'starting').length;
    for (const place of this.#places) {
      if (coming >= this.#jobs.size + this.#again.size) break;
      if (place.state !== 'empty') continue;
      this.#start(place);
      coming++;
    }
    if (coming === 0) this.#giveAhead();
  }

  /**
   * A second task for each worker; but the last ones are left to those that will be done first, and what is to be
   * done again or by the first worker alone goes before.
   */
  #giveAhead(): void {
    if (this.#again.size > 0) return;
    const isShort = (job: Job<In, Out>) => !job.alone && this.#options.short?.(job.task) === true;
    for (const place of this.#places) {
      const [given, more] = place.given;
      if (!given || more || !place.worker?.alive || !isShort(given.job)) continue;
      if (place.number === 1 && this.#firstJobs.size > 0) continue;
      while (this.#jobs.size > this.#places.length && isShort(this.#jobs.first!)) {
        if (this.#give(place, this.#jobs.shift()!)) break;
      }
    }
  }

  /** Hands the worker a job; false when it cannot be posted, and has rejected. */
  #give(place: Place<In, Out>, job: Job<In, Out>): boolean {
    try {
      const { message, transfer } = this.#options.encode(job.task);
      const handed = (place.worker as PooledWorker).hand(message, transfer ?? []);
      place.given.push({ job, handed });
      return true;
    } catch (error) {
      job.reject(error);
      return false;
    }
  }

  /** Waits for the answers to all that the worker has been given. */
  async #work(place: Place<In, Out>): Promise<void> {
    const worker = place.worker as PooledWorker;
    const { given } = place;
    place.idleTimer?.abort();
    place.state = 'busy';
    // Otherwise the worker was lost meanwhile, and its place may have another one.
    const kept = () => place.worker === worker && worker.alive;
    for (let next = given[0]; next && kept(); next = given[0]) {
      const since = this.#clock.now();
      const { job } = next;
      const label = this.#options.label?.(job.task);
      this.#tell('busy', place, {
        waitedMs: since - job.since,
        ...(label !== undefined && { label }),
      });
      const { settle, phases } = await this.#outcome(worker, next);
      given.shift();
      this.#busyMs += this.#clock.now() - since;
      if (kept()) this.#tell('idle', place, phases && { phases });
      // Only then is its memory free for the next large image, which waits for this one to settle.
      if (kept() && next.handed.worn) await this.#retire(place, worker);
      settle();
      if (given.length > 0) this.#giveAhead();
    }
    for (const { job } of given.splice(0)) this.#repeat(job);
    if (kept()) this.#rest(place);
    this.#dispatch();
  }

  /** Waits for the answer to what the worker works on. */
  async #outcome(
    worker: PooledWorker,
    { job, handed }: Given<In, Out>,
  ): Promise<{ readonly settle: () => void; readonly phases?: Phases }> {
    const { decode, taskTimeoutMs } = this.#options;
    try {
      const answer = await worker.answerTo(handed, taskTimeoutMs ?? Number.POSITIVE_INFINITY);
      this.#failedStarts = 0;
      const value = decode(answer.value, job.task);
      const { phases } = answer;
      return { settle: () => job.resolve(value), ...(phases && { phases }) };
    } catch (error) {
      if (error instanceof Unfinished) return { settle: () => this.#repeat(job) };
      return { settle: () => job.reject(error) };
    }
  }

  #repeat(job: Job<In, Out>): void {
    if (this.#closed) {
      job.reject(this.#closed.reason);
    } else {
      job.alone = true;
      this.#again.push(job);
    }
  }

  #start(place: Place<In, Out>): void {
    if (this.#closed) return;
    const { kind, spawnTimeoutMs } = this.#options;
    place.state = 'starting';
    place.started = PooledWorker.start(kind, {
      clock: this.#clock,
      timeoutMs: spawnTimeoutMs ?? 30_000,
      signal: this.#closing.signal,
    }).then(
      (worker) => this.#welcome(place, worker),
      (error) => this.#startFailed(place, error),
    );
  }

  #welcome(place: Place<In, Out>, worker: PooledWorker): void {
    if (this.#closed) {
      this.#end(worker);
      return;
    }
    if (!worker.alive) {
      this.#startFailed(place, new Error('it exited before its first task'));
      return;
    }
    place.worker = worker;
    worker.onGone((reason) => this.#lost(place, worker, reason));
    this.#tell('start', place);
    this.#tell('idle', place);
    this.#rest(place);
    this.#dispatch();
  }

  #startFailed(place: Place<In, Out>, error: unknown): void {
    vacate(place);
    if (this.#closed) return;
    this.#failedStarts++;
    if (this.#failedStarts >= START_TRIES) {
      const why = error instanceof Error ? error.message : String(error);
      const text = `The decoder could not be started (${START_TRIES} tries): ${why}`;
      this.#close(new TrawlError('decoder-start', text, { cause: error }));
    } else {
      this.#dispatch();
    }
  }

  #lost(place: Place<In, Out>, worker: PooledWorker, reason: Error | undefined): void {
    if (this.#closed || place.worker !== worker) return;
    const wasIdle = place.state === 'idle';
    place.idleTimer?.abort();
    this.#end(worker);
    this.#tell('replaced', place, { reason: reason?.message ?? 'it exited' });
    vacate(place);
    // A worker that dies without a task at hand would be started again and again.
    if (wasIdle) this.#startFailed(place, reason ?? new Error('it exited before its first task'));
    else this.#dispatch();
  }

  #rest(place: Place<In, Out>): void {
    place.state = 'idle';
    const { idleMs } = this.#options;
    if (idleMs === undefined || idleMs === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    place.idleTimer = timer;
    this.#clock.sleep(idleMs, timer.signal).then(
      () => {
        if (place.idleTimer !== timer || place.state !== 'idle') return;
        place.state = 'busy';
        this.#retire(place, place.worker as PooledWorker).then(() => this.#dispatch());
      },
      () => {},
    );
  }

  /** Ends a worker that works on no task. The next one starts when there is work for it. */
  async #retire(place: Place<In, Out>, worker: PooledWorker): Promise<void> {
    this.#tell('end', place);
    await this.#end(worker);
    if (place.worker === worker) vacate(place);
  }

  #close(reason: unknown): void {
    if (this.#closed) return;
    this.#closed = { reason };
    this.#forgetSignal();
    this.#closing.abort(reason);
    for (const queue of [this.#firstJobs, this.#again, this.#jobs]) {
      for (let job = queue.shift(); job; job = queue.shift()) job.reject(reason);
    }
    for (const place of this.#places) {
      place.idleTimer?.abort();
      if (place.state === 'starting') this.#track(place.started);
      if (!place.worker) continue;
      this.#tell('end', place);
      this.#end(place.worker, reason);
      vacate(place);
    }
  }

  #end(worker: PooledWorker, reason?: unknown): Promise<void> {
    const ending = worker.end(reason);
    this.#track(ending);
    return ending;
  }

  #track(ending: Promise<void>): void {
    this.#ending.add(ending);
    ending.finally(() => this.#ending.delete(ending));
  }

  #tell(type: WorkerEvent['type'], place: Place<In, Out>, more?: Partial<WorkerEvent>): void {
    this.#options.onEvent?.({ type, worker: place.number, at: this.#clock.now(), ...more });
  }

  #pulling() {
    return {
      submit: (task: In) => this.submit(task),
      window: this.window,
      signal: this.#closing.signal,
    };
  }
}

function vacate<In, Out>(place: Place<In, Out>): void {
  place.state = 'empty';
  place.worker = undefined;
  place.given = [];
}
