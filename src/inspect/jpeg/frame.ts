/** The markers of a JPEG as far as its coefficients need them. structure/ has checked them before. */
import { readFrame } from '../structure/jpeg-tables.ts';
import { type Component, type Kept, placesOf } from './coefficients.ts';
import { takePlanes } from './memory.ts';

/** What the values of the components mean. */
export type ColorModel = 'grey' | 'ycc' | 'rgb' | 'cmyk' | 'ycck';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly color: ColorModel;
  /** CMYK is stored inverted (0 is full ink), as Adobe does. */
  readonly inverted: boolean;
  readonly components: readonly Component[];
  readonly mcusWide: number;
  readonly mcusHigh: number;
}

/** A Huffman table as it is sent. It is made when a scan names it: a file may define any number. */
export interface HuffmanDefinition {
  /** Codes of each length 1–16. */
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** State that markers between scans change. */
export interface Tables {
  readonly quant: (Uint16Array | undefined)[];
  readonly dc: (HuffmanDefinition | undefined)[];
  readonly ac: (HuffmanDefinition | undefined)[];
  /** MCUs between restart markers; 0 is none. */
  restartInterval: number;
  /** Colour transform of Adobe's APP14 segment. */
  adobe: number | undefined;
  jfif: boolean;
}

/** Chooses how many coefficients an axis to keep of a component with that many blocks. */
export type ChooseKept = (blocksWide: number, blocksHigh: number, luma: boolean) => Kept;

/** Returns undefined for what the fast path does not read (T.81 processes other than 0–2, 12 bit, …). */
export function openFrame(
  payload: Uint8Array,
  process: number,
  tables: Tables,
  choose: ChooseKept,
  fileLength: number,
): Frame | undefined {
  if (process > 2) return undefined;
  const header = readFrame(payload, process);
  if (typeof header === 'string' || header.precision !== 8) return undefined;
  const { width, height } = header;
  const color = colorModel(
    header.components.map((component) => component.id),
    tables,
  );
  if (!color) return undefined;
  const across = Math.max(...header.components.map((component) => component.horizontal));
  const down = Math.max(...header.components.map((component) => component.vertical));
  // One component alone is not interleaved: its sampling factors mean nothing (T.81, A.2.2).
  const alone = header.components.length === 1;
  const printing = color === 'cmyk' || color === 'ycck';
  const mcusWide = Math.ceil(width / (8 * (alone ? 1 : across)));
  const mcusHigh = Math.ceil(height / (8 * (alone ? 1 : down)));
  const places: Omit<Component, 'values'>[] = [];
  for (const [index, component] of header.components.entries()) {
    const horizontal = alone ? 1 : component.horizontal;
    const vertical = alone ? 1 : component.vertical;
    // Decoders refuse what does not divide (libjpeg: JERR_FRACT_SAMPLE_NOTIMPL).
    if (!alone && (across % horizontal !== 0 || down % vertical !== 0)) return undefined;
    const own = {
      width: alone ? width : Math.ceil((width * horizontal) / across),
      height: alone ? height : Math.ceil((height * vertical) / down),
    };
    const blocksWide = Math.ceil(own.width / 8);
    const blocksHigh = Math.ceil(own.height / 8);
    // Inks are multiplied sample by sample, so all need as many: those with fewer blocks keep more of each.
    const kept = printing
      ? sharedKept(choose(mcusWide * across, mcusHigh * down, true), component, across, down)
      : choose(blocksWide, blocksHigh, index === 0 || color === 'rgb');
    if (kept === undefined) return undefined;
    const stride = mcusWide * horizontal * kept;
    places.push({
      id: component.id,
      horizontal,
      vertical,
      ...own,
      blocksWide,
      blocksHigh,
      kept,
      stride,
      ...placesOf(kept, stride),
      quantTable: component.quantTable,
      quant: undefined,
    });
  }
  const planes = takePlanes(
    // One more, for values that are not kept.
    places.map(({ stride, vertical, kept }) => stride * mcusHigh * vertical * kept + 1),
    fileLength,
  );
  if (!planes) return undefined;
  const components = places.map((place, i) => ({ ...place, values: planes[i]! }));
  return {
    width,
    height,
    progressive: process === 2,
    color,
    inverted: tables.adobe !== undefined,
    components,
    mcusWide,
    mcusHigh,
  };
}

/** Undefined when the sampling factors do not allow it. */
function sharedKept(
  kept: Kept,
  { horizontal, vertical }: { readonly horizontal: number; readonly vertical: number },
  across: number,
  down: number,
): Kept | undefined {
  const factor = across / horizontal;
  if (factor !== down / vertical) return undefined;
  return ([1, 2, 3, 4, 5, 6, 7, 8] as const).find((possible) => possible === kept * factor);
}

/** As libjpeg tells it: JFIF, then Adobe's transform, then the components' names. */
function colorModel(ids: readonly number[], { adobe, jfif }: Tables): ColorModel | undefined {
  if (ids.length === 1) return 'grey';
  if (ids.length === 4) return adobe === 2 ? 'ycck' : 'cmyk';
  if (ids.length !== 3) return undefined;
  if (jfif) return 'ycc';
  if (adobe !== undefined) return adobe === 0 ? 'rgb' : 'ycc';
  return String.fromCharCode(...ids) === 'RGB' ? 'rgb' : 'ycc';
}

/** Takes in a DQT, DHT, DRI, APP0 or APP14 segment; other markers change nothing. */
export function readTables(marker: number, payload: Uint8Array, tables: Tables): void {
  if (marker === 0xdb) readQuant(payload, tables);
  else if (marker === 0xc4) readHuffman(payload, tables);
  else if (marker === 0xdd) tables.restartInterval = ((payload[0] ?? 0) << 8) | (payload[1] ?? 0);
  else if (marker === 0xe0) tables.jfif ||= startsWith(payload, 'JFIF\0');
  else if (marker === 0xee && startsWith(payload, 'Adobe')) tables.adobe = payload[11];
}

function readQuant(payload: Uint8Array, tables: Tables): void {
  for (let at = 0; at < payload.length; ) {
    const head = payload[at++]!;
    const wide = head >> 4 !== 0;
    const quant = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      quant[i] = wide ? (payload[at + 2 * i]! << 8) | payload[at + 2 * i + 1]! : payload[at + i]!;
    }
    tables.quant[head & 15] = quant;
    at += wide ? 128 : 64;
  }
}

function readHuffman(payload: Uint8Array, tables: Tables): void {
  for (let at = 0; at + 17 <= payload.length; ) {
    const head = payload[at]!;
    const counts = payload.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = payload.subarray(at + 17, at + 17 + total);
    (head >> 4 === 0 ? tables.dc : tables.ac)[head & 15] = { counts, symbols };
    at += 17 + total;
  }
}

function startsWith(payload: Uint8Array, text: string): boolean {
  return [...text].every((letter, i) => payload[i] === letter.charCodeAt(0));
}
