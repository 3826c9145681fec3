/**
 * resvg as the WebAssembly of the package @resvg/resvg-wasm 2.6.2 offers it, by the conventions of
 * wasm-bindgen 0.2.92. The package's own JavaScript can start it once only: after a trap there would be no
 * second drawing.
 */
import { Codec } from '../worker/codec.ts';

interface Exports {
  readonly memory: WebAssembly.Memory;
  __wbindgen_malloc(bytes: number, alignment: number): number;
  /** Writes to `out`: the drawing, or two words of an error. */
  resvg_new(out: number, svg: number, options: number, length: number, fonts: number): void;
  resvg_width(drawing: number): number;
  resvg_height(drawing: number): number;
  /** Writes to `out`: the picture, or two words of an error. */
  resvg_render(out: number, drawing: number): void;
  renderedimage_width(picture: number): number;
  renderedimage_height(picture: number): number;
  /** A handle of the pixels. */
  renderedimage_pixels(picture: number): number;
  __wbg_resvg_free(drawing: number): void;
  __wbg_renderedimage_free(picture: number): void;
}

interface Resvg extends Exports {
  readonly handles: Handles;
}

/** Values of JavaScript, which WebAssembly knows by their numbers. */
class Handles {
  /** 0 stands for none; wasm-bindgen has numbers below 132 of its own. */
  #next = 132;
  readonly #values = new Map<number, unknown>();

  hold(value: unknown): number {
    this.#values.set(this.#next, value);
    return this.#next++;
  }

  at(handle: number): unknown {
    return this.#values.get(handle);
  }

  take(handle: number): unknown {
    const value = this.#values.get(handle);
    this.#values.delete(handle);
    return value;
  }
}

const encoder = new TextEncoder();

function start(module: WebAssembly.Module): Resvg {
  const handles = new Handles();
  const memory = () => exports.memory.buffer;
  // Those that a drawing without pictures and fonts calls.
  const called: Record<string, (a: number, b: number, c: number) => number | undefined> = {
    __wbindgen_object_drop_ref: (handle) => {
      handles.take(handle);
      return undefined;
    },
    __wbindgen_memory: () => handles.hold(exports.memory),
    __wbg_buffer_12d079cc21e14bdb: () => handles.hold(memory()),
    __wbg_newwithbyteoffsetandlength_aa4a17c33a06e5cb: (_, at, length) =>
      handles.hold(new Uint8Array(memory(), at, length)),
    // Meant to copy the pixels out of the memory; they are used before they are freed there.
    __wbg_new_63b92bc8671ed464: (handle) => handles.hold(handles.at(handle)),
    __wbg_instanceof_Uint8Array_2b3bbecd033d19f6: () => 0,
    __wbindgen_string_get: (out, handle) => {
      const words = passed(exports, `${handles.at(handle)}`);
      new Uint32Array(memory(), out).set(words);
      return undefined;
    },
    __wbindgen_string_new: () => handles.hold('an error'),
    __wbg_new_28c511d9baebfa89: () => handles.hold('an error'),
  };
  const wbg: Record<string, WebAssembly.ImportValue> = {};
  for (const { name } of WebAssembly.Module.imports(module)) wbg[name] = called[name] ?? fail(name);
  const exports = new WebAssembly.Instance(module, { wbg }).exports as unknown as Exports;
  return { ...exports, handles };
}

function fail(name: string) {
  return () => {
    throw new WebAssembly.RuntimeError(name);
  };
}

/** Address and length of the text in fresh memory, which resvg takes over. */
function passed({ memory, __wbindgen_malloc }: Exports, text: string): [number, number] {
  const bytes = encoder.encode(text);
  const address = __wbindgen_malloc(bytes.length, 1) >>> 0;
  new Uint8Array(memory.buffer, address).set(bytes);
  return [address, bytes.length];
}

const resvg = new Codec<Resvg>('resvg.wasm', start);

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** On white: red, green, blue and 255 for each pixel, row-major. */
export interface Drawn extends Size {
  readonly rgba: Uint8Array;
}

/**
 * Draws `text` at `scale` and returns what `use` makes of it; undefined when resvg refuses it, or finds that
 * it has another size.
 */
export function draw<Out>(
  text: string,
  { width, height }: Size,
  scale: number,
  use: (drawn: Drawn) => Out,
): Promise<Out | undefined> {
  const options = { dpi: 72, background: '#fff', fitTo: { mode: 'zoom', value: scale } };
  return resvg.run((exports) => {
    const out = exports.__wbindgen_malloc(12, 4);
    const result = () => {
      const [value, error, failed] = new Uint32Array(exports.memory.buffer, out, 3);
      if (failed) exports.handles.take(error!);
      return failed ? 0 : value!;
    };
    const svg = exports.handles.hold(text);
    exports.resvg_new(out, svg, ...passed(exports, JSON.stringify(options)), 0);
    const drawing = result();
    if (drawing === 0) return undefined;
    const same =
      Math.abs(exports.resvg_width(drawing) - width) <= 1 &&
      Math.abs(exports.resvg_height(drawing) - height) <= 1;
    if (same) exports.resvg_render(out, drawing);
    const picture = same ? result() : 0;
    const drawn = picture === 0 ? undefined : use(pictureAt(exports, picture));
    if (picture !== 0) exports.__wbg_renderedimage_free(picture);
    exports.__wbg_resvg_free(drawing);
    return drawn;
  });
}

function pictureAt(exports: Resvg, picture: number): Drawn {
  const rgba = exports.handles.take(exports.renderedimage_pixels(picture)) as Uint8Array;
  const width = exports.renderedimage_width(picture);
  return { rgba, width, height: exports.renderedimage_height(picture) };
}
