/**
 * Many waits on one signal behind one listener. Each `removeEventListener` searches the signal's
 * listeners from the front, which is quadratic when thousands of tasks wait on the run's signal.
 */
const watched = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `react` when the signal aborts, unless the returned function was called before. */
export function onAbort(signal: AbortSignal | undefined, react: () => void): () => void {
  if (!signal) return () => {};
  // One function may be given twice; each call is a wait of its own.
  const wait = () => react();
  const waits = watched.get(signal) ?? watch(signal);
  waits.add(wait);
  return () => {
    waits.delete(wait);
  };
}

function watch(signal: AbortSignal): Set<() => void> {
  const waits = new Set<() => void>();
  watched.set(signal, waits);
  const fire = () => {
    for (const wait of waits) wait();
    waits.clear();
  };
  signal.addEventListener('abort', fire, { once: true });
  return waits;
}
