/** Bytes of a page of WebAssembly memory. */
const PAGE = 65_536;

interface Exports {
  readonly memory: WebAssembly.Memory;
}

/** @param text WebAssembly in base64, as scripts/wasm-cores.ts writes it down */
export function moduleOf(text: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}

/** A core of WebAssembly whose memory is kept from image to image: fresh pages of the system take time. */
export class CoreInstance<Core extends Exports> {
  readonly #text: string;
  readonly #keptBytes: number;
  #module: WebAssembly.Module | undefined;
  #exports: Core | undefined;

  /**
   * @param text as for {@link moduleOf}
   * @param keptBytes memory that is larger is not kept for the next image
   */
  constructor(text: string, keptBytes: number) {
    this.#text = text;
    this.#keptBytes = keptBytes;
  }

  get exports(): Core {
    if (this.#exports) return this.#exports;
    this.#module ??= moduleOf(this.#text);
    this.#exports = new WebAssembly.Instance(this.#module).exports as unknown as Core;
    return this.#exports;
  }

  /** All of the memory, at least `bytes` of it, for the next image: of any content. */
  takeMemory(bytes: number): ArrayBuffer {
    const has = this.#exports?.memory.buffer.byteLength ?? 0;
    if (has > Math.max(this.#keptBytes, bytes)) this.#exports = undefined;
    const { memory } = this.exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    return memory.buffer;
  }
}
