/** `map` and `asCompleted` over anything that can be submitted. */
import type { Settled, Tasks } from './executor.ts';
import { onAbort } from './on-abort.ts';
import { Queue } from './queue.ts';

export interface PullOptions<In, Out> {
  readonly submit: (task: In) => Promise<Out>;
  /** Tasks taken from the source that have not been handed to the consumer; a whole number ≥ 1. */
  readonly window: number;
  /** Ends the pulling: what was submitted is still handed out, then the signal's reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Outcomes in the order submitted. */
export function map<In, Out>(
  tasks: Tasks<In>,
  options: PullOptions<In, Out>,
): AsyncGenerator<Settled<In, Out>, void> {
  return pull(tasks, options, 'submitted');
}

/** Outcomes in the order finished. */
export function asCompleted<In, Out>(
  tasks: Tasks<In>,
  options: PullOptions<In, Out>,
): AsyncGenerator<Settled<In, Out>, void> {
  return pull(tasks, options, 'completed');
}

interface Slot<In, Out> {
  outcome?: Settled<In, Out>;
}

async function* pull<In, Out>(
  tasks: Tasks<In>,
  { submit, window, signal }: PullOptions<In, Out>,
  order: 'submitted' | 'completed',
): AsyncGenerator<Settled<In, Out>, void> {
  if (!(window >= 1)) throw new RangeError(`window must be at least 1, not ${window}`);
  const source = openSource(tasks);
  const slots = new Queue<Slot<In, Out>>();
  let unyielded = 0;
  let pulling = false;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};

  const close = (error?: { readonly error: unknown }) => {
    ended = true;
    failure ??= error;
    wake();
  };

  const accept = (task: In) => {
    unyielded++;
    const slot: Slot<In, Out> = {};
    if (order === 'submitted') slots.push(slot);
    settle(submit, task).then((outcome) => {
      slot.outcome = outcome;
      if (order === 'completed') slots.push(slot);
      wake();
    });
  };

  // Runs apart from the consumer: while that is busy with one outcome, the next tasks start,
  // and while the source is slow, finished outcomes are still handed out.
  const fill = () => {
    while (!ended && !pulling && unyielded < window) {
      pulling = true;
      source.next(
        (result) => {
          pulling = false;
          if (ended) return;
          if (result.done) close();
          else accept(result.value);
          if (source.isAsync) fill();
        },
        (error) => {
          pulling = false;
          close({ error });
        },
      );
    }
  };

  const aborted = () => {
    const open = !ended;
    close({ error: signal?.reason });
    if (open) source.close(pulling).catch(() => {});
  };
  const forgetSignal = onAbort(signal, aborted);
  if (signal?.aborted) aborted();

  try {
    fill();
    for (;;) {
      const outcome = slots.first?.outcome;
      if (outcome) {
        slots.shift();
        unyielded--;
        fill();
        yield outcome;
      } else if (ended && unyielded === 0) {
        break;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    if (failure) throw failure.error;
  } finally {
    forgetSignal();
    if (!ended) {
      ended = true;
      await source.close(pulling);
    }
  }
}

async function settle<In, Out>(
  submit: (task: In) => Promise<Out>,
  task: In,
): Promise<Settled<In, Out>> {
  try {
    return { task, ok: true, value: await submit(task) };
  } catch (error) {
    return { task, ok: false, error };
  }
}

interface Source<In> {
  readonly isAsync: boolean;
  /** Calls one of the two, before it returns when the source is a sync one. */
  next(take: (result: IteratorResult<In, unknown>) => void, fail: (error: unknown) => void): void;
  /**
   * Tells the iterator that no more is wanted. An async generator that is inside `next` answers only
   * after that, which may be never (standard input, a queue); then nobody waits for it.
   */
  close(pulling: boolean): Promise<void>;
}

function openSource<In>(tasks: Tasks<In>): Source<In> {
  if (Symbol.asyncIterator in tasks) {
    const iterator = tasks[Symbol.asyncIterator]();
    return {
      isAsync: true,
      next(take, fail) {
        // A hand-written iterator may throw instead of rejecting.
        Promise.try(() => iterator.next()).then(take, fail);
      },
      async close(pulling) {
        const closed = Promise.try(() => iterator.return?.());
        if (pulling) closed.catch(() => {});
        else await closed;
      },
    };
  }
  const iterator = tasks[Symbol.iterator]();
  return {
    isAsync: false,
    next(take, fail) {
      let result: IteratorResult<In, unknown>;
      try {
        result = iterator.next();
      } catch (error) {
        fail(error);
        return;
      }
      take(result);
    },
    async close() {
      iterator.return?.();
    },
  };
}
