/** What of an AVIF the pixels of its primary picture depend on. */
import { fourcc, putTogether, totalLength, u16be, u32be } from '../structure/bytes.ts';
import { auxiliaryType, type Items, type Property, readItems } from '../structure/heif-items.ts';
import { AS_STORED, mirroredAcross, mirroredDown, rotated, type Turn } from '../turn.ts';
import { areKnown } from './obus.ts';
import { soundMeta } from './tables.ts';

/** One picture as it is coded. */
export interface Coded {
  /** OBUs (AV1, 5.3). */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What an nclx `colr` property says in place of the data (ITU-T H.273, 8.3). */
export interface Nclx {
  readonly matrix: number;
  readonly fullRange: boolean;
}

export interface AvifParts {
  readonly picture: Coded;
  readonly alpha: Coded | undefined;
  readonly nclx: Nclx | undefined;
  readonly turn: Turn;
}

/** Properties that say nothing about pixels, or what is read here. */
const KNOWN = new Set('ispe pixi av1C colr irot imir pasp clli mdcv auxC'.split(' '));

/**
 * Of a file that structure/ has found whole. Undefined when its picture is made of several, cropped, or
 * described by something that is not known here.
 */
export function partsOf(bytes: Uint8Array): AvifParts | undefined {
  const meta = soundMeta(bytes);
  if (!meta) return undefined;
  const items = readItems(bytes, meta);
  if (!areThere(bytes, items)) return undefined;
  const primary = items.primary!;
  const picture = codedOf(bytes, items, primary);
  if (!picture) return undefined;
  const properties = items.properties.get(primary)!;
  const turn = turnBy(bytes, properties);
  const alphas = alphasOf(bytes, items, primary);
  if (!turn || alphas.length > 1) return undefined;
  const [alpha] = alphas;
  // Colours that were multiplied by their alpha.
  if (items.references.some(({ type, from }) => type === 'prem' && from === primary))
    return undefined;
  const coded = alpha === undefined ? undefined : codedOf(bytes, items, alpha);
  if (alpha !== undefined && !coded) return undefined;
  return { picture, alpha: coded, nclx: nclxOf(bytes, properties), turn };
}

/** The data of all items; structure/ asks for those of the picture only. */
function areThere(bytes: Uint8Array, { extents, idat }: Items): boolean {
  return [...extents.values()].flat().every(({ offset, length, inIdat }) => {
    const [from, to] = inIdat ? [idat?.from ?? 0, idat?.to ?? 0] : [0, bytes.length];
    return from + offset + length <= to;
  });
}

function codedOf(bytes: Uint8Array, items: Items, item: number): Coded | undefined {
  const properties = items.properties.get(item);
  if (items.types.get(item) !== 'av01' || !properties) return undefined;
  if (properties.some(({ type }) => !KNOWN.has(type))) return undefined;
  const [ispe, ...others] = properties.filter(({ type }) => type === 'ispe');
  const [av1C, ...more] = properties.filter(({ type }) => type === 'av1C');
  if (!ispe || others.length > 0 || !av1C || more.length > 0) return undefined;
  // Marker and version (AV1 in ISOBMFF, 2.3.3).
  if (av1C.to - av1C.from < 4 || bytes[av1C.from] !== 0x81) return undefined;
  const data = joined(bytes, items, item, av1C);
  if (!data || !areKnown(data)) return undefined;
  return { data, width: u32be(bytes, ispe.from + 4), height: u32be(bytes, ispe.from + 8) };
}

/** The OBUs of the configuration come first. */
function joined(
  bytes: Uint8Array,
  { extents, idat }: Items,
  item: number,
  av1C: Property,
): Uint8Array | undefined {
  const parts = (extents.get(item) ?? []).map(({ offset, length, inIdat }) => {
    const from = offset + (inIdat ? idat!.from : 0);
    // A length of zero means all that follows.
    return length > 0 ? bytes.subarray(from, from + length) : undefined;
  });
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  const head = bytes.subarray(av1C.from + 4, av1C.to);
  if (parts.length === 1 && head.length === 0) return parts[0];
  const all = [head, ...(parts as Uint8Array[])];
  const total = totalLength(all);
  // Extents may overlap: a small file could ask for any amount.
  return total > 2 * bytes.length ? undefined : putTogether(new Uint8Array(total), all);
}

function alphasOf(bytes: Uint8Array, { references, properties }: Items, primary: number): number[] {
  const from = references
    .filter(({ type, to }) => type === 'auxl' && to.includes(primary))
    .map((reference) => reference.from);
  return from.filter((item) => {
    const kind = properties.get(item)?.find(({ type }) => type === 'auxC');
    return kind === undefined || auxiliaryType(bytes, kind).includes('alpha');
  });
}

/** Undefined when a property is not as the standard has it. */
function turnBy(bytes: Uint8Array, properties: readonly Property[]): Turn | undefined {
  let turn = AS_STORED;
  for (const { type, from, to } of properties) {
    if (type !== 'irot' && type !== 'imir') continue;
    if (to - from !== 1) return undefined;
    const value = bytes[from]!;
    if (value > (type === 'irot' ? 3 : 1)) return undefined;
    if (type === 'irot') for (let i = 0; i < value; i++) turn = rotated(turn);
    else turn = value === 0 ? mirroredDown(turn) : mirroredAcross(turn);
  }
  return turn;
}

function nclxOf(bytes: Uint8Array, properties: readonly Property[]): Nclx | undefined {
  for (const { type, from } of properties) {
    if (type !== 'colr' || fourcc(bytes, from) !== 'nclx') continue;
    // Primaries and transfer come before; what is shown is taken for sRGB whatever they are.
    return { matrix: u16be(bytes, from + 8), fullRange: (bytes[from + 10]! & 0x80) !== 0 };
  }
  return undefined;
}
