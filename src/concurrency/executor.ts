/** The one interface behind which waiting (I/O) and computing (CPU) both run. */

/** A list, an endless generator or a stream of tasks. */
export type Tasks<In> = Iterable<In> | AsyncIterable<In>;

export interface Executor<In, Out> extends AsyncDisposable {
  /** A future of one task. Rejects with that task's error only. */
  submit(task: In): Promise<Out>;
  /** Outcomes in the order submitted. Failures are values, so that none ends the others. */
  map(tasks: Tasks<In>): AsyncIterable<Settled<In, Out>>;
  /** Outcomes in the order finished. */
  asCompleted(tasks: Tasks<In>): AsyncIterable<Settled<In, Out>>;
}

export type Settled<In, Out> =
  | { readonly task: In; readonly ok: true; readonly value: Out }
  | { readonly task: In; readonly ok: false; readonly error: unknown };
