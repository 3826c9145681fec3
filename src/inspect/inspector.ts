/** The inspect stage: hands images to a pool of workers and takes back what they say of them. */
import { availableParallelism } from 'node:os';
import { type WorkerEvent, WorkerPool } from '../concurrency/mod.ts';
import { TrawlError } from '../errors.ts';
import type { Inspection } from '../model.ts';
import { processWorkers } from '../runtime/process-worker.ts';
import { webWorkers } from '../runtime/web-worker.ts';
import type { InspectTask } from './protocol.ts';

export interface InspectOptions {
  /** Workers at once. Default: as many as the machine has cores. */
  readonly workers?: number;
  /** Longest time for one image, in seconds. Default 20. */
  readonly decodeTimeout?: number;
  /** Width × height × frames above this is refused before any pixel is decoded. Default 100,000,000. */
  readonly maxPixels?: number;
  /** Where a worker runs: a thread of this process, or a child process of its own. Default `thread`. */
  readonly isolate?: 'thread' | 'process';
  /** A worker ends when it has had nothing to do for so long, in seconds. Default 30. */
  readonly idleTimeout?: number;
  /** Ends all work. */
  readonly signal?: AbortSignal;
  /** Starts and ends of workers and of their work, for traces and the progress display. */
  readonly onEvent?: (event: WorkerEvent) => void;
}

export interface InspectRequest {
  /** Hash and thumbnail too, not only what the header tells. Default true. */
  readonly pixels?: boolean;
  /** The hashes of all eight orientations too. Default false. */
  readonly dihedral?: boolean;
  /** What the image is called in events. */
  readonly name?: string;
}

export interface Inspector extends AsyncDisposable {
  /**
   * Looks at the image in `bytes` (which stay the caller's). Rejects with a TrawlError:
   * `not-an-image`, `empty-body`, `truncated`, `damaged`, `too-many-pixels`, `decode-timeout`,
   * `decode-crash` or `interrupted`.
   */
  inspect(bytes: Uint8Array<ArrayBuffer>, request?: InspectRequest): Promise<Inspection>;
  /** Starts workers ahead of the first image. Default: all of them. */
  warm(count?: number): Promise<void>;
  /** Most workers at once. */
  readonly workers: number;
  /** Time that workers have spent so far, summed over all of them, in ms. */
  readonly busyMs: number;
}

interface Named {
  readonly task: InspectTask;
  readonly name: string | undefined;
}

export function createInspector(options: InspectOptions = {}): Inspector {
  const size = options.workers ?? availableParallelism();
  const maxPixels = options.maxPixels ?? 100e6;
  const pool = new WorkerPool<Named, Inspection>({
    kind: options.isolate === 'process' ? processWorkers : webWorkers,
    size,
    taskTimeoutMs: (options.decodeTimeout ?? 20) * 1000,
    idleMs: (options.idleTimeout ?? 30) * 1000,
    signal: options.signal,
    ...(options.onEvent && { onEvent: options.onEvent }),
    label: ({ name }) => name,
    encode: ({ task }) => ({ message: { ...task, bytes: ownBuffer(task.bytes) } }),
    decode: asInspection,
  });
  return {
    inspect(bytes, { pixels = true, dihedral = false, name } = {}) {
      return pool.submit({ task: { bytes, pixels, dihedral, maxPixels }, name });
    },
    warm: (count = size) => pool.warm(count),
    workers: size,
    get busyMs() {
      return pool.busyMs;
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** The worker handles hostile images: that its answer has the right shape is checked, not believed. */
function asInspection(value: unknown): Inspection {
  const { format, width, height, pdq } = (value ?? {}) as Partial<Inspection>;
  const sound =
    typeof format === 'string' &&
    Number.isSafeInteger(width) &&
    Number.isSafeInteger(height) &&
    (pdq === undefined || /^[0-9a-f]{64}$/.test(pdq));
  if (!sound) throw new TrawlError('decode-crash', 'The decoder gave an answer without sense');
  return value as Inspection;
}

/** Cloning a view clones all of the buffer that it looks into. */
function ownBuffer(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
