/** The inspect stage: hands images to a pool of workers and takes back what they say of them. */
import { availableParallelism } from 'node:os';
import { ByteBudget, type WorkerEvent, WorkerPool } from '../concurrency/mod.ts';
import { TrawlError } from '../errors.ts';
import type { Inspection } from '../model.ts';
import { processWorkers } from '../runtime/process-worker.ts';
import { webWorkers } from '../runtime/web-worker.ts';
import { Carriers, LARGE_BYTES } from './carriers.ts';
import type { Deferred, InspectAnswer, InspectTask } from './protocol.ts';

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
  /** Images to have it look at at once, or more, so that no worker waits for one. */
  readonly window: number;
  /** Time that workers have spent so far, summed over all of them, in ms. */
  readonly busyMs: number;
}

interface Named {
  readonly task: InspectTask;
  readonly name: string | undefined;
}

/**
 * Memory that each worker's decoder may take for an image, in bytes, without asking: five megapixels of
 * most formats. For larger ones, all workers share so much for each of them; one alone may take more.
 */
const LIGHT_BYTES = 40e6;
const HEAVY_BYTES = 64e6;

export function createInspector(options: InspectOptions = {}): Inspector {
  const size = options.workers ?? availableParallelism();
  const maxPixels = options.maxPixels ?? 100e6;
  const apart = options.isolate === 'process';
  const carriers = new Carriers(size);
  const pool = new WorkerPool<Named, InspectAnswer>({
    kind: apart ? processWorkers : webWorkers,
    size,
    taskTimeoutMs: (options.decodeTimeout ?? 20) * 1000,
    idleMs: (options.idleTimeout ?? 30) * 1000,
    signal: options.signal,
    ...(options.onEvent && { onEvent: options.onEvent }),
    label: ({ name }) => name,
    // Two such are never decoded at once.
    firstOnly: ({ task }) => task.memory > (HEAVY_BYTES * size) / 2,
    short: ({ task }) => task.memory <= LIGHT_BYTES && task.bytes.length < LARGE_BYTES,
    encode: ({ task }) => (apart ? { message: task } : withCopy(task, carriers)),
    decode: (value) => {
      const { carrier, ...answer } = (value ?? {}) as Record<string, unknown>;
      carriers.takeBack(carrier);
      return asAnswer(answer);
    },
  });
  const heavy = new ByteBudget(HEAVY_BYTES * size);
  return {
    async inspect(bytes, { pixels = true, dihedral = false, name } = {}) {
      const task = { bytes, pixels, dihedral, maxPixels };
      let answer = await pool.submit({ task: { ...task, memory: LIGHT_BYTES }, name });
      // A second time when the format's own decoder leaves the file to wasm-vips.
      for (let asked = LIGHT_BYTES; 'deferred' in answer; ) {
        if (answer.deferred <= asked) throw new TrawlError('decode-crash', NONSENSE);
        using lease = await heavy.reserve(answer.deferred, options.signal);
        asked = lease.bytes;
        answer = await pool.submit({ task: { ...task, memory: asked }, name });
      }
      return answer;
    },
    warm: (count = size) => pool.warm(count),
    workers: size,
    window: pool.window,
    get busyMs() {
      return pool.busyMs;
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

const NONSENSE = 'The decoder gave an answer without sense';

/** The worker handles hostile images: that its answer has the right shape is checked, not believed. */
function asAnswer(value: unknown): InspectAnswer {
  const { deferred } = (value ?? {}) as Partial<Deferred>;
  if (deferred !== undefined && Number.isFinite(deferred) && deferred >= 0) return { deferred };
  const { format, width, height, pdq } = (value ?? {}) as Partial<Inspection>;
  const sound =
    typeof format === 'string' &&
    Number.isSafeInteger(width) &&
    Number.isSafeInteger(height) &&
    (pdq === undefined || /^[0-9a-f]{64}$/.test(pdq));
  if (!sound) throw new TrawlError('decode-crash', NONSENSE);
  return value as Inspection;
}

/** One copy, which the worker frees or sends back; cloning would make two, one of them in the memory of its thread. */
function withCopy(
  task: InspectTask,
  carriers: Carriers,
): { message: InspectTask; transfer: Transferable[] } {
  const carried = carriers.load(task.bytes);
  // Not slice(): that of a Buffer shares its memory.
  const bytes = carried ?? new Uint8Array(task.bytes);
  const message = { ...task, bytes, sendBack: carried !== undefined };
  return { message, transfer: [bytes.buffer] };
}
