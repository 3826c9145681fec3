import { Queue } from './queue.ts';

/**
 * Many waits on one signal behind one listener. Each `removeEventListener` searches the signal's
 * listeners from the front, which is quadratic when thousands of tasks wait on the run's signal.
 * No `Set`: each time that one makes room, the old table lives on until the next full collection, and
 * with it all the waits that it held, and what they know of their downloads.
 */
const watched = new WeakMap<AbortSignal, Queue<() => void>>();

/** Calls `react` when the signal aborts, unless the returned function was called before. */
export function onAbort(signal: AbortSignal | undefined, react: () => void): () => void {
  if (!signal) return () => {};
  const waits = watched.get(signal) ?? watch(signal);
  const wait = waits.push(react);
  return () => {
    waits.remove(wait);
  };
}

/**
 * Aborts the controller with the signal, until the returned function is called. Not AbortSignal.any: its `aborted`,
 * which each task reads, looks at all of its sources each time.
 */
export function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (signal?.aborted) controller.abort(signal.reason);
  return onAbort(signal, () => controller.abort(signal?.reason));
}

function watch(signal: AbortSignal): Queue<() => void> {
  const waits = new Queue<() => void>();
  watched.set(signal, waits);
  const fire = () => {
    while (waits.size > 0) waits.shift()?.();
  };
  signal.addEventListener('abort', fire, { once: true });
  return waits;
}
