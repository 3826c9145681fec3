/**
 * The inspect worker: a pure Web Worker, bundled into one text without imports. It is told where its
 * parts come from, then looks at one image after the other. It opens no file and no connection.
 *
 * The decoder starts its threads from this same bundle, under the name that it gives them; in those
 * the decoder's own code runs, and nothing here.
 */
import { free } from '../../concurrency/free.ts';
import { TrawlError } from '../../errors.ts';
import type {
  InspectPhase,
  InspectTask,
  WorkerInit,
  WorkerReady,
  WorkerStop,
} from '../protocol.ts';
import { zlib } from '../zlib.ts';
import { look } from './look.ts';
import { isWorn } from './memory.ts';
import { useParts } from './parts.ts';
import { endThreads, useBundle } from './vips.ts';

interface Request {
  readonly id: number;
  readonly task: InspectTask;
}

/** The part of DedicatedWorkerGlobalScope that is used. */
interface Scope {
  readonly name: string;
  onmessage: ((event: MessageEvent<WorkerInit | WorkerStop | Request>) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  close(): void;
}

const scope = globalThis as unknown as Scope;

/** The end of the task before. */
let last = Promise.resolve();
/** It has said so, is about to be replaced, and what it has been handed will be asked of another one. */
let worn = false;

if (scope.name !== 'em-pthread') {
  // Node gives Web Workers its `process`, and with it every module. All that is taken of it is zlib
  // (../zlib.ts), which knows no file and no connection.
  zlib();
  delete (globalThis as { process?: unknown }).process;
  scope.onmessage = ({ data }) => {
    if ('id' in data) last = last.then(() => answer(data));
    else if (data.type === 'init') {
      useParts(data.parts);
      useBundle(data.bundle);
      scope.postMessage({ type: 'ready' } satisfies WorkerReady);
    } else {
      endThreads();
      scope.close();
    }
  };
}

async function answer({ id, task }: Request): Promise<void> {
  if (worn) return;
  try {
    const phases: InspectPhase[] = [];
    const value = await look(task, phases);
    const thumbnail = 'thumbnail' in value ? value.thumbnail : undefined;
    const buffers = thumbnail ? [thumbnail.buffer as ArrayBuffer] : [];
    const carrier = task.sendBack ? task.bytes.buffer : undefined;
    if (carrier) buffers.push(carrier);
    const told = carrier ? { ...value, carrier } : value;
    worn = isWorn();
    scope.postMessage({ id, ok: true, value: told, phases, worn }, buffers);
  } catch (error) {
    // A fault of the decoder (abort, out of memory) leaves it in an unknown state: die and be replaced.
    if (!(error instanceof TrawlError)) endThreads();
    const code = error instanceof TrawlError ? error.code : 'decode-crash';
    const message = error instanceof Error ? error.message : String(error);
    worn = isWorn();
    scope.postMessage({ id, ok: false, error: { code, message }, worn });
  } finally {
    free(task.bytes);
  }
}
