/**
 * Workers that are processes of their own (`--isolate process`), so that not even a fault of the
 * runtime itself reaches the program: each is the same executable again, under the runtime's own
 * permission model with everything denied, with one Web Worker inside.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { WorkerHandle, WorkerKind } from '../concurrency/worker-kind.ts';
import { DECODER_PARTS, type PartRequest } from '../inspect/protocol.ts';
import { loadAsset } from './assets.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import { isExecutable } from './own-command.ts';
import { WORKER_PROCESS_SWITCH } from './worker-switch.ts';

/** Sent once, first: the worker's bundle. Then tasks go down and answers come up as they are. */
export interface ProcessInit {
  readonly type: 'init';
  readonly bundle: Uint8Array<ArrayBuffer>;
}

/** Sent up when a worker needs a part; answered by {@link ProcessPart}. */
export interface ProcessAsk extends PartRequest {
  readonly type: 'ask';
}

export interface ProcessPart {
  readonly type: 'part';
  readonly part: PartRequest['part'];
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly error?: string;
}

export const processWorkers: WorkerKind = {
  spawn: () => startProcessWorker(loadAsset('inspect-worker.js')),
};

/** Starts one process with one worker in it; resolves when it can take tasks. */
export async function startProcessWorker(bundle: Uint8Array<ArrayBuffer>): Promise<WorkerHandle> {
  const { args, env } = childCommand();
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...env, [WORKER_PROCESS_SWITCH]: '1' },
  });
  const handle = new ProcessHandle(child);
  await handle.ready(bundle);
  return handle;
}

/** How the same program is started again with nothing allowed. */
function childCommand(): { args: string[]; env: Record<string, string> } {
  const entry = new URL('./worker-process-main.ts', import.meta.url);
  if ('Deno' in globalThis) {
    const config = ['--no-prompt', '--unstable-worker-options', '--node-modules-dir=manual'];
    return { args: ['run', ...config, '--quiet', fileURLToPath(entry)], env: denoDirectories() };
  }
  // The warning would be about --allow-worker: the Web Worker inside has no more rights than its process.
  const denied = ['--permission', '--allow-worker', '--disable-warning=PERM0006'];
  if (isExecutable()) {
    return { args: [], env: { NODE_OPTIONS: denied.join(' ') } };
  }
  // From source (or from the bundle of the build) there are files of code to read, and nothing else.
  const fromSource = import.meta.url.endsWith('.ts');
  const main = fileURLToPath(fromSource ? entry : import.meta.url);
  const code = fromSource ? fileURLToPath(new URL('..', import.meta.url)) : main;
  const args = [...denied, `--allow-fs-read=${code}`, '--experimental-web-worker'];
  return { args: [...args, '--disable-warning=ExperimentalWarning', main], env: {} };
}

/** Where Deno keeps what it compiled; without it, it would look for a home. */
function denoDirectories(): Record<string, string> {
  const kept = ['DENO_DIR', 'HOME'].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(kept.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Bytes: a thumbnail, hashes, the text of an error. */
const LONGEST_ANSWER = 1024 * 1024;

class ProcessHandle implements WorkerHandle {
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  #listener: (message: unknown) => void = () => {};
  #exit: (reason: Error | undefined) => void = () => {};

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      const end = (reason: Error) => {
        this.#exit(reason);
        resolve();
      };
      child.once('error', end);
      child.once('exit', (code, signal) => {
        end(new Error(`the worker process ended (${signal ?? `exit status ${code}`})`));
      });
    });
    // A write to a process that has just died is no news: its exit is.
    child.stdin?.on('error', () => {});
  }

  ready(bundle: Uint8Array<ArrayBuffer>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#exit = (reason) => reject(reason ?? new Error('the worker process ended'));
      const reader = new FrameReader(LONGEST_ANSWER);
      this.#child.stdout?.on('data', (chunk: Uint8Array) => {
        try {
          for (const message of reader.push(chunk)) this.#receive(message, resolve);
        } catch (error) {
          this.#exit(error as Error);
          void this.terminate();
        }
      });
      this.post({ type: 'init', bundle } satisfies ProcessInit);
    });
  }

  post(message: unknown): void {
    for (const chunk of encodeFrame(message)) this.#child.stdin?.write(chunk);
  }

  onMessage(fn: (message: unknown) => void): void {
    this.#listener = fn;
  }

  onExit(fn: (reason: Error | undefined) => void): void {
    this.#exit = fn;
  }

  async terminate(): Promise<void> {
    this.#exit = () => {};
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  #receive(message: unknown, ready: () => void): void {
    const { type, part } = (message ?? {}) as { type?: unknown; part?: unknown };
    if (type === 'ready') ready();
    else if (type === 'ask') this.post(readPart(part));
    else this.#listener(message);
  }
}

/** The name comes from a process that handles hostile images: only parts of the decoder are given out. */
function readPart(name: unknown): ProcessPart {
  const part = DECODER_PARTS.find((known) => known === name);
  if (!part) return { type: 'part', part: 'vips.wasm', error: 'there is no such part' };
  try {
    return { type: 'part', part, bytes: loadAsset(part) };
  } catch (error) {
    return { type: 'part', part, error: error instanceof Error ? error.message : String(error) };
  }
}
