/**
 * The memory of the WebAssembly core (core/), which holds all that one image needs: tables, planes of
 * coefficients, the data of a scan. It is kept from image to image, because asking the system
 * for fresh pages costs a quarter of the time that decoding takes.
 */
import { CoreInstance } from '../core-instance.ts';
import { type RowSummer, sumRowsBytes } from '../sum-rows.ts';
import { CORE } from './core-code.ts';

interface Core extends RowSummer {
  readonly memory: WebAssembly.Memory;
  readonly stoppedAt: { readonly value: number };
  unstuff(from: number, to: number, out: number): number;
  readMcus(
    top: number,
    at: number,
    end: number,
    targets: number,
    components: number,
    plan: number,
    period: number,
    perMcu: number,
    places: number,
    from: number,
    count: number,
    wide: number,
  ): number;
  readDcs(
    top: number,
    at: number,
    end: number,
    targets: number,
    components: number,
    from: number,
    count: number,
    wide: number,
  ): number;
}

/** Before it lies what the core has of its own (core/values.ts): 2 KB. Tables take 42 KB for each of at most four
 * components, a plan 8 KB, the places of blocks 104 KB. */
const TABLES = 4 << 10;
/** Bytes of the file pass through here, so many at a time. */
const STAGE = 288 << 10;
const STAGE_BYTES = 64 << 10;
/** The first piece: a restart interval may be one MCU long, and its end is not known before. */
const FIRST_BYTES = 1 << 10;
const PLANES = STAGE + STAGE_BYTES;
/**
 * Zero bytes that follow the data: a hostile MCU of 10 blocks takes at most 10 × 64 × 31 bits, and in
 * progressive scans the end is only checked after each MCU.
 */
const MARGIN = 4096;
/** Larger files are left to the full decoder. */
const LARGEST_FILE = 128 << 20;
/** Memory that is larger is not kept for the next image: enough for 30 megapixels in 8 MB. */
const KEPT = 24 << 20;

const instance = new CoreInstance<Core>(CORE, KEPT);
/** Behind the data's first byte: they lie backwards (core/bits.ts), at the end of the memory that is used. */
let end = 0;
/** All of the memory. */
let bytes = new Uint8Array();
let view = new DataView(bytes.buffer);

export function core(): Core {
  return instance.exports;
}

/**
 * Makes room for an image: planes of so many values, all zero, and data of a file of so many bytes. What
 * was there before may not be used afterwards. Returns undefined for a file that is too large.
 */
export function takePlanes(
  lengths: readonly number[],
  fileLength: number,
): Float32Array[] | undefined {
  if (fileLength > LARGEST_FILE) return undefined;
  end = PLANES + 4 * lengths.reduce((sum, length) => sum + length, 0) + MARGIN + fileLength;
  const buffer = instance.takeMemory(end);
  // Made once an image: it may have a million restart intervals.
  bytes = new Uint8Array(buffer);
  view = new DataView(buffer);
  let at = PLANES;
  return lengths.map((length) => {
    const plane = new Float32Array(buffer, at, length);
    at += 4 * length;
    return plane.fill(0);
  });
}

/**
 * Takes the stuffing out of the data from `from` on in the file for which {@link takePlanes} made room, up
 * to the next marker. Valid until the next call.
 */
export function unstuffed(file: Uint8Array, from: number) {
  const { unstuff, stoppedAt } = core();
  let length = 0;
  let at = from;
  let piece = FIRST_BYTES;
  while (at < file.length) {
    let to = Math.min(at + piece, file.length);
    piece = Math.min(piece * 4, STAGE_BYTES);
    // What a 0xFF is, the byte behind it tells.
    if (to < file.length) while (to > at && file[to - 1] === 0xff) to--;
    if (to === at) {
      // Filling bytes before a marker, of which the last one counts.
      while (file[at + 1] === 0xff) at++;
      continue;
    }
    bytes.set(file.subarray(at, to), STAGE);
    length += unstuff(STAGE, STAGE + to - at, end - length);
    const passed = stoppedAt.value - STAGE;
    at += passed;
    if (at < to) break;
  }
  bytes.fill(0, end - length - MARGIN, end - length);
  return { view, top: end - 8, length, markerAt: Math.min(at, file.length) };
}

/** Room for {@link sumRowsBytes} where tables lay, when all scans are read; undefined when that is too small. */
export function spareRoom(across: number, down: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = sumRowsBytes(across, down);
  if (bytes > PLANES - TABLES) return undefined;
  return new Uint8Array(core().memory.buffer as ArrayBuffer, TABLES, bytes);
}

type Numbers = Int32Array | Uint32Array | Float32Array | Uint16Array | Uint8Array;

/** Writes down the tables of a scan, one after the other. */
export class TableWriter {
  #at = TABLES;
  readonly #buffer = core().memory.buffer;
  readonly #shared = new Map<Numbers, number>();

  /** Returns the address. */
  write(values: Numbers): number {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const at = this.reserve(bytes.length);
    new Uint8Array(this.#buffer, at, bytes.length).set(bytes);
    return at;
  }

  /** The address of room for so many bytes. */
  reserve(length: number): number {
    const at = this.#at;
    this.#at = aligned(at + length);
    if (this.#at > STAGE) throw new RangeError('The tables of a scan take more room than there is');
    return at;
  }

  /** The address of a table that may be there already: what two components share takes cache once. */
  share(values: Numbers): number {
    const known = this.#shared.get(values);
    const at = known ?? this.write(values);
    if (known === undefined) this.#shared.set(values, at);
    return at;
  }
}

function aligned(address: number): number {
  return (address + 15) & ~15;
}
