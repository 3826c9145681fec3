/**
 * The memory of the WebAssembly core (core/), which holds all that one image needs: tables, planes of
 * coefficients, the file and the data of a scan. It is kept from image to image, because asking the system
 * for fresh pages costs a quarter of the time that decoding takes.
 */
import { CORE } from './core-code.ts';

interface Core {
  readonly memory: WebAssembly.Memory;
  readonly stoppedAt: { readonly value: number };
  readonly invalid: { readonly value: number };
  unstuff(from: number, to: number, out: number): number;
  readMcus(
    data: number,
    at: number,
    end: number,
    targets: number,
    components: number,
    from: number,
    count: number,
    wide: number,
  ): number;
}

/** Tables of one scan lie below: 46 KB for each of at most four components. */
const PLANES = 256 << 10;
/** Some addresses are left out, so that 0 is none. */
const TABLES = 1 << 10;
/**
 * Zero bytes kept after the data: a hostile MCU of 10 blocks takes at most 10 × 64 × 31 bits, and the
 * end is only checked after each MCU.
 */
const MARGIN = 4096;
/** Larger files are left to the full decoder: this memory holds them twice. */
const LARGEST_FILE = 64 << 20;
/** Memory that is larger is not kept for the next image: enough for 30 megapixels in 8 MB. */
const KEPT = 24 << 20;
const PAGE = 65_536;

let module: WebAssembly.Module | undefined;
let instance: Core | undefined;
let file = 0;
let data = 0;
let fileLength = 0;

export function core(): Core {
  if (instance) return instance;
  const bytes = () => Uint8Array.from(atob(CORE), (letter) => letter.charCodeAt(0));
  module ??= new WebAssembly.Module(bytes());
  instance = new WebAssembly.Instance(module).exports as unknown as Core;
  return instance;
}

/**
 * Makes room for an image: planes of so many values, all zero, and its bytes. What was there before may
 * not be used afterwards. Returns undefined for a file that is too large.
 */
export function takePlanes(
  lengths: readonly number[],
  bytes: Uint8Array,
): Float32Array[] | undefined {
  if (bytes.length > LARGEST_FILE) return undefined;
  const values = lengths.reduce((sum, length) => sum + length, 0);
  file = PLANES + 4 * values;
  data = aligned(file + bytes.length);
  const end = data + bytes.length + MARGIN;
  if (instance && instance.memory.buffer.byteLength > Math.max(KEPT, end)) instance = undefined;
  const { memory } = core();
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  new Uint8Array(memory.buffer, file, bytes.length).set(bytes);
  fileLength = bytes.length;
  let at = PLANES;
  return lengths.map((length) => {
    const plane = new Float32Array(memory.buffer, at, length);
    at += 4 * length;
    return plane.fill(0);
  });
}

/**
 * Takes the stuffing out of the data from `from` on in the file that {@link takePlanes} was given, up to
 * the next marker. Valid until the next call.
 */
export function unstuffed(from: number) {
  const { memory, unstuff, stoppedAt } = core();
  const length = unstuff(file + Math.min(from, fileLength), file + fileLength, data);
  new Uint8Array(memory.buffer, data + length, MARGIN).fill(0);
  const markerAt = stoppedAt.value - file;
  return {
    address: data,
    view: new DataView(memory.buffer, data, length + MARGIN),
    length,
    markerAt,
  };
}

/** Writes down the tables of a scan, one after the other. */
export class TableWriter {
  #at = TABLES;
  readonly #buffer = core().memory.buffer;

  /** Returns the address. */
  write(values: Int32Array | Uint32Array | Float32Array | Uint16Array | Uint8Array): number {
    const at = this.#at;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#at = aligned(at + bytes.length);
    if (this.#at > PLANES)
      throw new RangeError('The tables of a scan take more room than there is');
    new Uint8Array(this.#buffer, at, bytes.length).set(bytes);
    return at;
  }
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
