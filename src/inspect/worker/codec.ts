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
 * Memory that is larger is not kept for the next image, in bytes. It never becomes smaller, and an instance is
 * made in a millisecond or two.
 */
const KEPT = 32 << 20;

export class Codec<Exports extends Pick<CodecExports, 'memory'>> {
  readonly #part: DecoderPart;
  readonly #start: (module: WebAssembly.Module) => Exports;
  #module: WebAssembly.Module | undefined;
  #exports: Exports | undefined;

  constructor(part: DecoderPart, start: (module: WebAssembly.Module) => Exports) {
    this.#part = part;
    this.#start = start;
  }

  /** What `use` returns; undefined when the decoder faults, also for want of memory. */
  async run<Out>(use: (exports: Exports) => Out): Promise<Out | undefined> {
    this.#module ??= await fetchPart(this.#part);
    try {
      this.#exports ??= this.#start(this.#module);
      const out = use(this.#exports);
      if (this.#exports.memory.buffer.byteLength > KEPT) this.#exports = undefined;
      return out;
    } catch (error) {
      // Its memory is as it was in the middle of something.
      this.#exports = undefined;
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError)
        return undefined;
      throw error;
    }
  }
}

const IMPORTS: WebAssembly.Imports = {
  env: { emscripten_notify_memory_growth: () => {} },
  wasi_snapshot_preview1: {
    proc_exit: (status: number) => {
      throw new WebAssembly.RuntimeError(`exit status ${status}`);
    },
  },
};

/** Starts one that is compiled here. */
export function started<Exports extends CodecExports>(module: WebAssembly.Module): Exports {
  const exports = new WebAssembly.Instance(module, IMPORTS).exports as unknown as Exports;
  exports._initialize();
  return exports;
}

/** Copies `bytes` to fresh memory; 0 when there is none. The caller frees it. */
export function allocated({ memory, malloc }: CodecExports, bytes: Uint8Array): number {
  const address = malloc(bytes.byteLength);
  if (address !== 0) new Uint8Array(memory.buffer, address).set(bytes);
  return address;
}
