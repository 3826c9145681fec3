/**
 * Workers that are Web Workers of this process, on Node and on Deno: a bundle without imports,
 * started from a `blob:` address, without permissions where the runtime knows such a thing.
 */

import process from 'node:process';
import type { WorkerHandle, WorkerKind } from '../concurrency/worker-kind.ts';
import type { PartReply, PartRequest, WorkerInit, WorkerStop } from '../inspect/protocol.ts';
import { type AssetName, loadAsset } from './assets.ts';
import { giveBackLargeBlocks } from './malloc.ts';
import { isExecutable } from './own-command.ts';

/** The part of `Worker` that is used. Node has it with `--experimental-web-worker` only. */
interface WebWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  terminate(): void;
}

type WebWorkerClass = new (url: string, options: object) => WebWorker;

const ownWorker = (): WebWorkerClass | undefined => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'Worker');
  return own?.value ?? own?.get?.call(globalThis);
};

/**
 * The runtime's own: libraries made for Node (wasm-vips among them) put theirs in its place. None of them is in the
 * executable's main thread, and Node takes 1.5 ms to load it when it is asked for: a run without workers does without.
 */
const early = isExecutable() ? undefined : ownWorker();
const webWorkerClass = (): WebWorkerClass | undefined => early ?? ownWorker();

/** How long a worker may take to end its own threads before it is ended from outside, in ms. */
const GOODBYE_MS = 50;

/** Where a worker's code comes from. */
export interface WorkerSource {
  /** The worker's bundle. */
  readonly bundle: Blob;
  /** Parts of the decoder, when an image first needs them. Never rejects. */
  part(request: PartRequest): Promise<PartReply>;
}

/** Starts one worker; resolves when it can take tasks. */
export async function startWebWorker(source: WorkerSource): Promise<WorkerHandle> {
  const Class = webWorkerClass();
  if (!Class) throw new Error('Web Workers are missing: start Node with --experimental-web-worker');
  prepareProcess();
  const url = URL.createObjectURL(source.bundle);
  const worker = new Class(url, { type: 'module', name: 'inspect', deno: { permissions: 'none' } });
  const handle = new WebWorkerHandle(worker);
  try {
    await handle.ready(source);
  } finally {
    URL.revokeObjectURL(url);
  }
  return handle;
}

let prepared = false;

/** What the first worker needs of the process holds for all that come after it. */
function prepareProcess(): void {
  if (prepared) return;
  prepared = true;
  keepNurseriesSmall();
  giveBackLargeBlocks();
}

/**
 * The main thread's nursery (scripts/executable.ts) would be given to each worker and to each of the
 * decoder's threads, eight of them with two workers: 90 MB, and no time is saved. V8 reads the flag when
 * it sets up a heap; Web Workers, unlike Node's own, have no option for it.
 */
function keepNurseriesSmall(): void {
  if ('Deno' in globalThis) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--max-semi-space-size=2');
}

/** Parts are read and compiled once for all workers. */
const parts = new Map<AssetName, Promise<PartReply>>();
let assets: WorkerSource | undefined;

/** Workers of this process, from its own assets. */
export const webWorkers: WorkerKind = {
  async spawn() {
    assets ??= {
      bundle: new Blob([loadAsset('inspect-worker.js')], { type: 'text/javascript' }),
      part({ part }) {
        let reply = parts.get(part);
        if (!reply) {
          reply = loadPart(part);
          parts.set(part, reply);
        }
        return reply;
      },
    };
    return startWebWorker(assets);
  },
};

async function loadPart(part: PartRequest['part']): Promise<PartReply> {
  try {
    return await compiled(part, loadAsset(part));
  } catch (error) {
    return { part, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Rejects when the bytes are no WebAssembly. */
export async function compiled(
  part: PartReply['part'],
  bytes: Uint8Array<ArrayBuffer>,
): Promise<PartReply> {
  return { part, module: await WebAssembly.compile(bytes) };
}

class WebWorkerHandle implements WorkerHandle {
  readonly #worker: WebWorker;
  readonly #channel = new MessageChannel();
  #listener: (message: unknown) => void = () => {};
  #exit: (reason: Error | undefined) => void = () => {};
  /** Tasks without an answer. */
  #open = 0;
  #ended: Promise<void> | undefined;

  constructor(worker: WebWorker) {
    this.#worker = worker;
  }

  /** Sends what the worker needs to start; resolves when it says that it has. */
  ready({ bundle, part }: WorkerSource): Promise<void> {
    const { port1, port2 } = this.#channel;
    port1.onmessage = async ({ data }) => port1.postMessage(await part(data));
    // An idle worker alone must not keep the program from ending.
    (port1 as { unref?: () => void }).unref?.();
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        reject(error);
        this.#exit(error);
      };
      this.#worker.onmessage = ({ data }) => {
        if ((data as { type?: unknown }).type === 'ready') return resolve();
        // Who asks to be replaced takes no other task.
        this.#open = (data as { worn?: unknown }).worn === true ? 0 : this.#open - 1;
        this.#listener(data);
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        fail(new Error(event.message || 'the worker failed'));
      };
      const init: WorkerInit = { type: 'init', bundle, parts: port2 };
      this.#worker.postMessage(init, [port2]);
    });
  }

  post(message: unknown, transfer: Transferable[] = []): void {
    this.#open++;
    this.#worker.postMessage(message, transfer);
  }

  onMessage(fn: (message: unknown) => void): void {
    this.#listener = fn;
  }

  onExit(fn: (reason: Error | undefined) => void): void {
    this.#exit = fn;
  }

  terminate(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#exit = () => {};
    // On Deno, terminate() leaves the threads that the worker started; it ends them itself when it can.
    if ('Deno' in globalThis && this.#open === 0) {
      this.#worker.postMessage({ type: 'stop' } satisfies WorkerStop);
      await new Promise((resolve) => setTimeout(resolve, GOODBYE_MS));
    }
    this.#worker.terminate();
    this.#channel.port1.close();
  }
}
