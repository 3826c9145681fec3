/** What the worker pool needs to know of a worker, whatever runs it (Node, Deno, a test). */

export interface WorkerHandle {
  post(message: unknown, transfer?: Transferable[]): void;
  /** The one who listens to what the worker posts. Set once. */
  onMessage(fn: (message: unknown) => void): void;
  /** Called once when the worker is gone, with the error that ended it, if any. Set once. */
  onExit(fn: (reason: Error | undefined) => void): void;
  /** Ends the worker now, in the middle of whatever it does. */
  terminate(): Promise<void>;
}

export interface WorkerKind {
  /** Resolves when the worker can take tasks. */
  spawn(): Promise<WorkerHandle>;
}

/** What the pool posts for a task. */
export interface WorkerRequest {
  readonly id: number;
  /** What `encode` returned as `message`. */
  readonly task: unknown;
}

/** What a worker did one after the other for a task, each with its time in ms. For traces. */
export type Phases = readonly (readonly [name: string, ms: number])[];

/** What the worker posts when it is done with it. */
export type WorkerReply = {
  readonly id: number;
  /** The worker has taken memory that it cannot give back, and asks to be replaced. */
  readonly worn?: boolean;
} & (
  | { readonly ok: true; readonly value: unknown; readonly phases?: Phases }
  | {
      readonly ok: false;
      /** `code` one of errors.ts; anything else is reported as `decode-crash`. */
      readonly error: { readonly code?: string; readonly message: string };
    }
);

/** Reads what a worker posted. It handles hostile images, so nothing it says is taken on trust. */
export function asReply(message: unknown): WorkerReply | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { id, ok, value, error, phases, worn: asked } = message as Record<string, unknown>;
  if (typeof id !== 'number' || typeof ok !== 'boolean') return undefined;
  const worn = asked === true;
  if (ok) return { id, ok, value, worn, ...(isPhases(phases) && { phases }) };
  const { code, message: text } = (error ?? {}) as Record<string, unknown>;
  const told = { message: typeof text === 'string' ? text.slice(0, 1000) : 'no reason given' };
  return { id, ok, worn, error: typeof code === 'string' ? { ...told, code } : told };
}

function isPhases(value: unknown): value is Phases {
  if (!Array.isArray(value) || value.length > 8) return false;
  return value.every((phase) => {
    if (!Array.isArray(phase)) return false;
    const [name, ms] = phase;
    return typeof name === 'string' && name.length <= 20 && Number.isFinite(ms) && ms >= 0;
  });
}
