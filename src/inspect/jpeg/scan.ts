/** The walk over the MCUs of a scan (T.81, A.2), restart intervals included. */
import { TrawlError } from '../../errors.ts';
import { type BitStream, InvalidCode, openBits } from './bit-stream.ts';
import type { Component } from './coefficients.ts';
import type { Frame, HuffmanDefinition, Tables } from './frame.ts';
import { type HuffmanTable, huffmanTable } from './huffman.ts';

const FIRST_RESTART = 0xd0;

/** A component as one scan codes it. */
export interface ScanComponent {
  readonly component: Component;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
}

export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  /** Spectral selection: zigzag indices of the first and last coefficient. */
  readonly first: number;
  readonly last: number;
  /** Successive approximation: bit position of the pass before (0: none) and of this one. */
  readonly high: number;
  readonly low: number;
}

/** Returns undefined when the payload of an SOS segment names what is not there. */
export function readScanHeader(
  payload: Uint8Array,
  frame: Frame,
  tables: Tables,
): ScanHeader | undefined {
  const count = payload[0] ?? 0;
  const components: ScanComponent[] = [];
  for (let i = 0; i < count; i++) {
    const component = frame.components.find(({ id }) => id === payload[1 + 2 * i]);
    const selectors = payload[2 + 2 * i] ?? 0;
    if (!component) return undefined;
    component.quant ??= tables.quant[component.quantTable];
    if (!component.quant) return undefined;
    components.push({
      component,
      dc: make(tables.dc[selectors >> 4]),
      ac: make(tables.ac[selectors & 15]),
    });
  }
  if (components.length === 0) return undefined;
  const [first = 0, last = 0, refine = 0] = payload.subarray(1 + 2 * count);
  return { components, first, last, high: refine >> 4, low: refine & 15 };
}

function make(definition: HuffmanDefinition | undefined): HuffmanTable | undefined {
  return definition && huffmanTable(definition.counts, definition.symbols);
}

/** How a process codes its blocks. */
export interface McuReader {
  /**
   * Reads so many MCUs, rows of `wide`, from number `from` on; each holds the blocks of all
   * components, or one block of a single one. Throws {@link InvalidCode} when the data end within.
   */
  read(bits: BitStream, from: number, count: number, wide: number): void;
  /** Forgets what was before a restart marker. */
  restart(): void;
}

/** Where the blocks of an MCU lie among the values of their component. */
export interface Layout {
  /** Places of an MCU's blocks relative to its first. */
  readonly offsets: Int32Array;
  /** From one MCU to the next across and down. */
  readonly stepX: number;
  readonly stepY: number;
}

export function placesOfMcu(component: Component, alone: boolean): Layout {
  const { kept, stride } = component;
  const horizontal = alone ? 1 : component.horizontal;
  const vertical = alone ? 1 : component.vertical;
  const offsets = Int32Array.from(
    { length: horizontal * vertical },
    (_, b) => ((b % horizontal) + Math.floor(b / horizontal) * stride) * kept,
  );
  return { offsets, stepX: horizontal * kept, stepY: vertical * kept * stride };
}

/**
 * Reads the scan whose data begin at `from`; returns where its last marker lies in the file.
 * Throws `truncated` (TrawlError) when the file ends before the scan does, {@link NotForUs} when its
 * data are broken.
 */
export function walkScan(
  file: Uint8Array,
  from: number,
  frame: Frame,
  scan: ScanHeader,
  interval: number,
  reader: McuReader,
): number {
  const alone = scan.components.length === 1;
  const { component } = scan.components[0]!;
  const wide = alone ? component.blocksWide : frame.mcusWide;
  const total = wide * (alone ? component.blocksHigh : frame.mcusHigh);
  let bits = openBits(file, from);
  const step = interval > 0 ? interval : total;
  try {
    for (let mcu = 0; mcu < total; mcu += step) {
      if (mcu > 0) {
        bits = nextInterval(file, bits, mcu / step - 1);
        reader.restart();
      }
      reader.read(bits, mcu, Math.min(step, total - mcu), wide);
    }
  } catch (error) {
    throw error instanceof InvalidCode ? trouble(file, bits) : error;
  }
  return bits.markerAt;
}

function nextInterval(file: Uint8Array, bits: BitStream, restarts: number): BitStream {
  if (bits.marker === FIRST_RESTART + (restarts & 7)) return openBits(file, bits.markerAt + 2);
  bits.at = bits.end + 1;
  throw new InvalidCode();
}

/**
 * Only the end of the file makes a picture incomplete. Data that are broken or end at a marker are
 * shown nevertheless by libjpeg and by browsers, each with its own way to go on: libjpeg shall say.
 */
function trouble(file: Uint8Array, bits: BitStream): Error {
  if (bits.at <= bits.end || bits.marker !== 0) return new NotForUs();
  return new TrawlError('truncated', `The JPEG ends within its data, after ${file.length} bytes`);
}

/** Thrown inside this folder: the full decoder has to look at this file. */
export class NotForUs extends Error {}
