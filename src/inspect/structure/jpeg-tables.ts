/**
 * The tables and scans of a JPEG (ITU-T T.81, annex B), as far as a decoder refuses them before it
 * reads a coefficient. What libjpeg treats as fatal is wrong here; what it warns of is not.
 */

import { u16be } from './bytes.ts';

export interface Component {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantTable: number;
}

/** Which tables were defined so far; a scan may use only those. */
export interface Tables {
  readonly quant: boolean[];
  /** By class (0 DC, 1 AC) × 4 + number. A table that is no prefix code counts as `false`. */
  readonly huffman: (boolean | undefined)[];
}

/** Blocks of one MCU (T.81, B.2.3). */
const MAX_BLOCKS_IN_MCU = 10;
/** DC symbols are bit counts; 16 occurs in lossless mode only. */
const MAX_DC_SYMBOL = 16;

/** Reads a DQT segment's payload. Returns what is wrong. */
export function readQuantTables(payload: Uint8Array, tables: Tables): string | undefined {
  let at = 0;
  while (at < payload.length) {
    const head = payload[at]!;
    const number = head & 15;
    if (number > 3) return `quantisation table ${number} does not exist`;
    const size = head >> 4 ? 128 : 64;
    at += 1 + size;
    if (at > payload.length) return 'a quantisation table is longer than its segment';
    tables.quant[number] = true;
  }
  return undefined;
}

/** Reads a DHT segment's payload. Returns what is wrong. */
export function readHuffmanTables(payload: Uint8Array, tables: Tables): string | undefined {
  let at = 0;
  while (at + 17 <= payload.length) {
    const head = payload[at]!;
    const kind = head >> 4;
    const number = head & 15;
    let codes = 0;
    let sound = true;
    // Codes of one length are consecutive numbers; a code must fit into its bits (annex C).
    let next = 0;
    for (let bits = 1; bits <= 16; bits++) {
      const count = payload[at + bits]!;
      codes += count;
      next += count;
      if (count > 0 && next > 1 << bits) sound = false;
      next <<= 1;
    }
    at += 17;
    if (codes > 256 || at + codes > payload.length) {
      return 'a Huffman table is longer than its segment';
    }
    if (kind > 1 || number > 3) return `Huffman table ${kind}/${number} does not exist`;
    if (kind === 0 && payload.subarray(at, at + codes).some((s) => s > MAX_DC_SYMBOL)) {
      sound = false;
    }
    tables.huffman[kind * 4 + number] = sound;
    at += codes;
  }
  return at === payload.length ? undefined : 'a Huffman table segment has a wrong length';
}

export interface Frame {
  /** Low four bits of the SOF marker: 0–15. */
  readonly process: number;
  readonly precision: number;
  readonly height: number;
  readonly width: number;
  readonly components: readonly Component[];
}

/** Reads an SOF segment's payload, or says what is wrong. */
export function readFrame(payload: Uint8Array, process: number): Frame | string {
  const count = payload[5] ?? 0;
  if (payload.length !== 6 + 3 * count) return 'the frame header has a wrong length';
  const components: Component[] = [];
  for (let at = 6; at < payload.length; at += 3) {
    const component = {
      id: payload[at]!,
      horizontal: payload[at + 1]! >> 4,
      vertical: payload[at + 1]! & 15,
      quantTable: payload[at + 2]!,
    };
    const { horizontal, vertical } = component;
    if (horizontal < 1 || horizontal > 4 || vertical < 1 || vertical > 4) {
      return `a component has the sampling factors ${horizontal}×${vertical}`;
    }
    components.push(component);
  }
  const frame = {
    process,
    precision: payload[0]!,
    height: u16be(payload, 1),
    width: u16be(payload, 3),
    components,
  };
  if (frame.width === 0 || frame.height === 0 || count === 0) {
    return `it announces ${frame.width}×${frame.height} pixels of ${count} components`;
  }
  return frame;
}

/** Checks an SOS segment's payload. Adds the components it codes to `seen`. Returns what is wrong. */
export function checkScan(
  payload: Uint8Array,
  frame: Frame,
  tables: Tables,
  seen: Set<number>,
): string | undefined {
  const count = payload[0] ?? 0;
  if (count < 1 || count > 4 || payload.length !== 4 + 2 * count) {
    return 'a scan header has a wrong length';
  }
  const [first, last, refine] = payload.subarray(1 + 2 * count);
  const scan = { first: first!, last: last!, high: refine! >> 4, low: refine! & 15 };
  const progressive = frame.process === 2 || frame.process === 10;
  if (progressive && !soundProgression(scan, count)) {
    return `a progressive scan has the parameters ${scan.first}–${scan.last}, ${scan.high}/${scan.low}`;
  }

  const inScan = new Set<number>();
  let blocks = 0;
  for (let i = 0; i < count; i++) {
    const id = payload[1 + 2 * i]!;
    const component = frame.components.find((c) => c.id === id);
    if (!component || inScan.has(id)) return `a scan names component ${id}, which is not there`;
    inScan.add(id);
    seen.add(id);
    blocks += component.horizontal * component.vertical;
    const selectors = payload[2 + 2 * i]!;
    const missing = missingTable(frame, component, selectors, scan, tables);
    if (missing) return missing;
  }
  if (count > 1 && blocks > MAX_BLOCKS_IN_MCU) return `a scan has ${blocks} blocks per MCU`;
  return undefined;
}

interface ScanParameters {
  readonly first: number;
  readonly last: number;
  readonly high: number;
  readonly low: number;
}

/** T.81, G.1.1.1: DC alone, or AC of one component; each refinement adds one bit. */
function soundProgression(scan: ScanParameters, components: number): boolean {
  const band =
    scan.first === 0
      ? scan.last === 0
      : scan.last >= scan.first && scan.last <= 63 && components === 1;
  return band && (scan.high === 0 || scan.high - 1 === scan.low) && scan.low <= 13;
}

/** Lossless frames (3, 11) quantise nothing; arithmetic ones (9–11) have no Huffman tables. */
function missingTable(
  frame: Frame,
  component: Component,
  selectors: number,
  scan: ScanParameters,
  tables: Tables,
): string | undefined {
  const lossless = (frame.process & 3) === 3;
  if (!lossless && !tables.quant[component.quantTable]) {
    return `quantisation table ${component.quantTable} is missing`;
  }
  if (frame.process > 7) return undefined;
  const progressive = frame.process === 2;
  const needsDc = progressive ? scan.first === 0 && scan.high === 0 : true;
  const needsAc = progressive ? scan.first > 0 : !lossless;
  const wanted = [...(needsDc ? [selectors >> 4] : []), ...(needsAc ? [4 + (selectors & 15)] : [])];
  for (const index of wanted) {
    const defined = tables.huffman[index];
    if (defined) continue;
    // Motion JPEG frames leave the standard tables 0 and 1 out; decoders supply them.
    if (defined === undefined && !progressive && (index & 3) < 2 && index < 8) continue;
    const name = `Huffman table ${index < 4 ? 'DC' : 'AC'} ${index & 3}`;
    return defined === false ? `${name} is no prefix code` : `${name} is missing`;
  }
  return undefined;
}
