import type { Clock } from '../../src/concurrency/clock.ts';
import { type WorkerEvent, WorkerPool, type WorkerPoolOptions } from '../../src/concurrency/mod.ts';
import type {
  WorkerHandle,
  WorkerKind,
  WorkerReply,
  WorkerRequest,
} from '../../src/concurrency/worker-kind.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What a fake worker is told to do with a task. */
export interface FakeTask {
  readonly name: string;
  /** Time it takes, in ms; Infinity hangs. */
  readonly ms: number;
  readonly fails?: string;
  readonly crashes?: boolean;
  /** The worker asks to be replaced after it. */
  readonly worn?: boolean;
  /** What the worker says that it did. */
  readonly phases?: unknown;
}

/** Workers that obey the protocol on a fake clock. */
export class FakeKind implements WorkerKind {
  readonly clock: Clock;
  readonly handles: FakeHandle[] = [];
  spawnMs = 0;
  failStarts = 0;
  /** Workers exit so long after their start without a task. */
  exitAfterMs: number | undefined;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get alive(): number {
    return this.handles.filter((handle) => !handle.ended).length;
  }

  async spawn(): Promise<WorkerHandle> {
    if (this.spawnMs === Number.POSITIVE_INFINITY) return new Promise(() => {});
    if (this.spawnMs > 0) await this.clock.sleep(this.spawnMs);
    if (this.failStarts-- > 0) throw new Error('no thread left');
    const handle = new FakeHandle(this.clock);
    this.handles.push(handle);
    if (this.exitAfterMs !== undefined) {
      this.clock.sleep(this.exitAfterMs).then(() => handle.exit(new Error('no memory')));
    }
    return handle;
  }
}

export class FakeHandle implements WorkerHandle {
  readonly clock: Clock;
  /** What it has begun. */
  readonly tasks: FakeTask[] = [];
  ended = false;
  /** What it has been handed in all. */
  readonly handed: FakeTask[] = [];
  /** The end of the task before. */
  #last = Promise.resolve();
  #worn = false;
  #tell: (message: unknown) => void = () => {};
  #leave: (reason: Error | undefined) => void = () => {};

  constructor(clock: Clock) {
    this.clock = clock;
  }

  post(message: unknown): void {
    const { id, task } = message as WorkerRequest;
    this.handed.push(task as FakeTask);
    this.#last = this.#last.then(() => this.#work(id, task as FakeTask));
  }

  async #work(id: number, told: FakeTask): Promise<void> {
    if (this.ended || this.#worn) return;
    this.tasks.push(told);
    if (told.ms === Number.POSITIVE_INFINITY) return new Promise(() => {});
    await this.clock.sleep(told.ms);
    if (this.ended) return;
    if (told.crashes) this.exit(new Error('out of memory'));
    else if (told.fails) {
      this.say({ id, ok: false, error: { code: told.fails, message: `${told.name} failed` } });
    } else {
      const { name: value, phases, worn } = told;
      this.#worn = worn === true;
      this.say({ id, ok: true, value, phases, worn });
    }
  }

  say(reply: WorkerReply | unknown): void {
    this.#tell(reply);
  }

  exit(reason?: Error): void {
    if (this.ended) return;
    this.ended = true;
    this.#leave(reason);
  }

  onMessage(fn: (message: unknown) => void): void {
    this.#tell = fn;
  }

  onExit(fn: (reason: Error | undefined) => void): void {
    this.#leave = fn;
  }

  async terminate(): Promise<void> {
    this.ended = true;
  }
}

/** A pool of two such workers. */
export function fakePool(options: Partial<WorkerPoolOptions<FakeTask, string>> = {}) {
  const clock = new FakeClock();
  const kind = new FakeKind(clock);
  const events: WorkerEvent[] = [];
  const pool = new WorkerPool<FakeTask, string>({
    kind,
    size: 2,
    clock,
    encode: (task) => ({ message: task }),
    decode: (value) => value as string,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { clock, kind, events, pool };
}
