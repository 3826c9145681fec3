/**
 * How work is run: waiting (I/O) in an `AsyncPool`, computing (CPU) in a `WorkerPool`, both behind
 * `Executor`. `KeyedLimiter` says when a task may start, `ByteBudget` how much may be in memory.
 */
export { AsyncPool, type AsyncPoolOptions } from './async-pool.ts';
export { ByteBudget, type Lease } from './byte-budget.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Executor, Settled, Tasks } from './executor.ts';
export { free } from './free.ts';
export { KeyedLimiter, type KeyedLimiterOptions, type Permit } from './keyed-limiter.ts';
export { asCompleted, map, type PullOptions } from './pulling.ts';
export type { WorkerHandle, WorkerKind, WorkerReply, WorkerRequest } from './worker-kind.ts';
export { type WorkerEvent, WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
