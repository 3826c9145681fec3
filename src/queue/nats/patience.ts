/** Sits out what passes: a server that restarts, a cluster that chooses a leader. */
import { systemClock } from '../../concurrency/mod.ts';
import { TrawlError } from '../../errors.ts';

export interface Patience {
  /** For messages: what is being done. */
  readonly what: string;
  /** Given up after so long, in ms. Default 5 minutes. */
  readonly forMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Why there is no connection any more, and will be none. */
  readonly over?: () => Error | undefined;
}

const FOR_MS = 300_000;
const MAX_PAUSE_MS = 2000;

/**
 * Tries again until it works. `work` is told whether it is a further try: the one before may have
 * worked without our hearing of it. Throws TrawlError `queue`.
 */
export async function sitOut<T>(
  work: (again: boolean) => Promise<T>,
  { what, forMs = FOR_MS, signal, over }: Patience,
): Promise<T> {
  const until = systemClock.now() + forMs;
  for (let pause = 50, again = false; ; pause = Math.min(pause * 2, MAX_PAUSE_MS), again = true) {
    signal?.throwIfAborted();
    try {
      return await work(again);
    } catch (error) {
      if (error instanceof TrawlError) throw error;
      if (!passes(error) || systemClock.now() + pause > until) {
        const why = over?.()?.message ?? (error instanceof Error ? error.message : String(error));
        throw new TrawlError('queue', `The queue could not ${what}: ${why}`, { cause: error });
      }
      await systemClock.sleep(pause * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** By name: the classes are loaded only with the connection. */
const PASSING = new Set([
  'TimeoutError',
  'NoResponders',
  'NoRespondersError',
  'RequestError',
  'ConnectionError',
  'DisconnectError',
  'JetStreamNotEnabled',
]);
const API_ERROR = /^(?:JetStreamApi|ConsumerNotFound|StreamNotFound)Error$/;

function passes(error: unknown): boolean {
  const { name = '', status, cause } = error as Partial<Error> & { status?: unknown };
  // Rights do not come by waiting.
  if ((cause as Partial<Error> | undefined)?.name === 'PermissionViolationError') return false;
  // 500 and 503 are a cluster's: no leader, no quorum, too busy.
  if (API_ERROR.test(name)) return status === 503 || status === 500 || status === 408;
  return PASSING.has(name);
}

/** JetStream's own number of an error, from its table of errors; 0 when it is none. */
export function apiCode(error: unknown): number {
  const { name = '', code } = error as { name?: string; code?: unknown };
  return API_ERROR.test(name) && typeof code === 'number' ? code : 0;
}
