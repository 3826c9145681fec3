/**
 * A decoder in a WebAssembly module of its own: loaded when an image first needs it, and thrown away when one
 * made it fault or grow.
 */
import type { DecoderPart } from '../protocol.ts';
import { fetchPart } from './parts.ts';

/** What those export that are written in C and compiled here (scripts/codecs.ts), beside their own functions. */
export interface CodecExports {
  readonly memory: WebAssembly.Memory;
  /** Sets up what is static. */
  _initialize(): void;
  /** 0 when there is no memory. */
  malloc(bytes: number): number;
  free(address: number): void;
}

/**
 * Memory that is larger is not kept for the next image, in bytes: it never becomes smaller, and is given back only
 * when V8 next looks for garbage. 12 megapixels fit in.
 */
const KEPT = 112 << 20;

/** Makes an instance. `onLost` is called when it must not be used any more. */
type Start<Exports> = (module: WebAssembly.Module, onLost: () => void) => Exports;

export class Codec<Exports extends Pick<CodecExports, 'memory'>> {
  readonly #part: DecoderPart;
  readonly #start: Start<Exports>;
  #module: WebAssembly.Module | undefined;
  #exports: Exports | undefined;

  constructor(part: DecoderPart, start: Start<Exports>) {
    this.#part = part;
    this.#start = start;
  }

  /** What `use` returns; undefined when the decoder faults, also for want of memory. */
  async run<Out>(use: (exports: Exports) => Out): Promise<Out | undefined> {
    this.#module ??= await fetchPart(this.#part);
    try {
      this.#exports ??= this.#start(this.#module, () => this.#forget());
      const out = use(this.#exports);
      const { memory } = this.#exports;
      if (memory.buffer.byteLength > KEPT) {
        this.#forget();
        if (memory === shared) shared = undefined;
      }
      return out;
    } catch (error) {
      // Its memory is as it was in the middle of something.
      this.#forget();
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
        return undefined;
      throw error;
    }
  }

  #forget(): void {
    this.#exports = undefined;
  }
}

/**
 * In bytes: what those compiled here have first, and what their static data and stack take at most, which
 * scripts/codecs.ts makes sure of.
 */
export const INITIAL_BYTES = 4 << 20;
const MOST_BYTES = 1 << 30;
const PAGE = 65_536;

/** Those compiled here take turns in one memory: with one each, a worker would keep the most that each has needed. */
let shared: WebAssembly.Memory | undefined;
let takeFromLast = (): void => {};

/** Starts one that is compiled here. */
export function started<Exports extends CodecExports>(
  module: WebAssembly.Module,
  onLost: () => void,
): Exports {
  takeFromLast();
  takeFromLast = onLost;
  shared ??= freshMemory();
  // What is static and not set counts on zeros.
  new Uint8Array(shared.buffer, 0, INITIAL_BYTES).fill(0);
  const instance = new WebAssembly.Instance(module, importing(shared));
  const exports = { ...instance.exports, memory: shared } as unknown as Exports;
  exports._initialize();
  return exports;
}

/** As those compiled here ask for it (scripts/codecs/compile.ts). */
export function freshMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: INITIAL_BYTES / PAGE, maximum: MOST_BYTES / PAGE });
}

export function importing(memory: WebAssembly.Memory): WebAssembly.Imports {
  return {
    env: { memory, emscripten_notify_memory_growth: () => {} },
    wasi_snapshot_preview1: {
      proc_exit: (status: number) => {
        throw new WebAssembly.RuntimeError(`exit status ${status}`);
      },
    },
  };
}

/** Copies `bytes` to fresh memory; 0 when there is none. The caller frees it. */
export function allocated({ memory, malloc }: CodecExports, bytes: Uint8Array): number {
  const address = malloc(bytes.byteLength);
  if (address !== 0) new Uint8Array(memory.buffer, address).set(bytes);
  return address;
}
