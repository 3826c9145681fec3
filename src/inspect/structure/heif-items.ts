/**
 * The item tables of a HEIF file's `meta` box (ISO/IEC 23008-12, ISO/IEC 14496-12, 8.11): which items
 * there are, what describes them, where their bytes lie and how they refer to each other.
 * All counts are bounded by the bytes of their boxes.
 */

import { type Box, boxes, findBox } from './boxes.ts';
import { fourcc, latin1, u16be, u32be, u64be } from './bytes.ts';

export interface Extent {
  readonly offset: number;
  readonly length: number;
  /** The offset counts from the `idat` box instead of the file. */
  readonly inIdat: boolean;
}

export interface Items {
  readonly primary: number | undefined;
  /** Four-letter types by item number. */
  readonly types: ReadonlyMap<number, string>;
  readonly properties: ReadonlyMap<number, readonly Property[]>;
  readonly extents: ReadonlyMap<number, readonly Extent[]>;
  readonly references: readonly Reference[];
  readonly idat: Box | undefined;
}

export interface Property extends Pick<Box, 'type' | 'from' | 'to'> {
  readonly essential: boolean;
}

export interface Reference {
  readonly type: string;
  readonly from: number;
  readonly to: readonly number[];
}

/** Version and flags before the content of a full box. */
const FULL = 4;

/** Boxes of `meta` that hold nothing but boxes, and the bytes before the first. */
const CONTAINERS: Readonly<Record<string, number>> = { iprp: 0, ipco: 0, iref: FULL };

/** The first box within `meta` that reaches beyond its parent: no decoder reads on there. */
export function brokenBox(bytes: Uint8Array, parent: Box, skip = FULL, depth = 0): Box | undefined {
  for (const box of boxes(bytes, parent.from + skip, parent.to)) {
    if (box.end > parent.to) return box;
    const inner = box.type === 'iinf' ? itemsBefore(bytes, box) : CONTAINERS[box.type];
    if (inner === undefined || depth === 2) continue;
    const broken = brokenBox(bytes, box, inner, depth + 1);
    if (broken) return broken;
  }
  return undefined;
}

export function readItems(bytes: Uint8Array, meta: Box): Items {
  const inside = { from: meta.from + FULL, to: meta.to };
  const pitm = findBox(bytes, inside, 'pitm');
  const iinf = findBox(bytes, inside, 'iinf');
  const iloc = findBox(bytes, inside, 'iloc');
  const iprp = findBox(bytes, inside, 'iprp');
  const iref = findBox(bytes, inside, 'iref');
  return {
    primary: pitm && itemNumber(bytes, pitm.from + FULL, bytes[pitm.from] !== 0),
    types: iinf ? readTypes(bytes, iinf) : new Map(),
    properties: iprp ? readProperties(bytes, iprp) : new Map(),
    extents: iloc ? readLocations(bytes, iloc) : new Map(),
    references: iref ? readReferences(bytes, iref) : [],
    idat: findBox(bytes, inside, 'idat'),
  };
}

function itemNumber(bytes: Uint8Array, at: number, wide: boolean): number {
  return wide ? u32be(bytes, at) : u16be(bytes, at);
}

/** Bytes before the entries: version and flags, and their count in two or four. */
function itemsBefore(bytes: Uint8Array, iinf: Box): number {
  return FULL + (bytes[iinf.from] === 0 ? 2 : 4);
}

function readTypes(bytes: Uint8Array, iinf: Box): Map<number, string> {
  const types = new Map<number, string>();
  for (const infe of boxes(bytes, iinf.from + itemsBefore(bytes, iinf), iinf.to)) {
    const version = bytes[infe.from] ?? 0;
    if (infe.type !== 'infe' || version < 2) continue;
    const wide = version >= 3;
    const number = itemNumber(bytes, infe.from + FULL, wide);
    types.set(number, fourcc(bytes, infe.from + FULL + (wide ? 6 : 4)));
  }
  return types;
}

/** ISO/IEC 23008-12, 9.3: `ipco` lists the properties, `ipma` says which item has which. */
function readProperties(bytes: Uint8Array, iprp: Box): Map<number, Property[]> {
  const byItem = new Map<number, Property[]>();
  const ipco = findBox(bytes, iprp, 'ipco');
  if (!ipco) return byItem;
  const all = [...boxes(bytes, ipco.from, ipco.to)];
  for (const ipma of boxes(bytes, iprp.from, iprp.to)) {
    if (ipma.type !== 'ipma') continue;
    const wideItems = bytes[ipma.from] !== 0;
    const wideIndex = ((bytes[ipma.from + 3] ?? 0) & 1) !== 0;
    let left = u32be(bytes, ipma.from + FULL);
    let at = ipma.from + FULL + 4;
    while (left-- > 0 && at < ipma.to) {
      const item = itemNumber(bytes, at, wideItems);
      at += wideItems ? 4 : 2;
      const count = bytes[at++] ?? 0;
      const properties = byItem.get(item) ?? [];
      for (let i = 0; i < count && at < ipma.to; i++) {
        const word = wideIndex ? u16be(bytes, at) : bytes[at]!;
        at += wideIndex ? 2 : 1;
        const essential = wideIndex ? word >> 15 === 1 : word >> 7 === 1;
        const box = all[(word & (wideIndex ? 0x7fff : 0x7f)) - 1];
        if (box) properties.push({ type: box.type, from: box.from, to: box.to, essential });
      }
      byItem.set(item, properties);
    }
  }
  return byItem;
}

function readLocations(bytes: Uint8Array, iloc: Box): Map<number, Extent[]> {
  const byItem = new Map<number, Extent[]>();
  const version = bytes[iloc.from]!;
  const sizes = u16be(bytes, iloc.from + FULL);
  const offsetSize = sizes >> 12;
  const lengthSize = (sizes >> 8) & 15;
  const baseSize = (sizes >> 4) & 15;
  const indexSize = version === 0 ? 0 : sizes & 15;
  let at = iloc.from + FULL + 2;
  let left = itemNumber(bytes, at, version >= 2);
  at += version >= 2 ? 4 : 2;
  while (left-- > 0 && at < iloc.to) {
    const item = itemNumber(bytes, at, version >= 2);
    at += version >= 2 ? 4 : 2;
    const method = version === 0 ? 0 : u16be(bytes, at) & 15;
    // Construction method (not in version 0), then the data reference.
    at += version === 0 ? 2 : 4;
    const base = sized(bytes, at, baseSize);
    at += baseSize;
    let count = u16be(bytes, at);
    at += 2;
    const extents: Extent[] = [];
    const step = indexSize + offsetSize + lengthSize;
    // Extents of no bytes at all would let a count of the file rule the loop.
    while (count-- > 0 && at < iloc.to && step > 0) {
      const offset = base + sized(bytes, at + indexSize, offsetSize);
      const length = sized(bytes, at + indexSize + offsetSize, lengthSize);
      at += step;
      if (method <= 1) extents.push({ offset, length, inIdat: method === 1 });
    }
    byItem.set(item, extents);
  }
  return byItem;
}

function sized(bytes: Uint8Array, at: number, size: number): number {
  if (size === 4) return u32be(bytes, at);
  return size === 8 ? u64be(bytes, at) : 0;
}

function readReferences(bytes: Uint8Array, iref: Box): Reference[] {
  const references: Reference[] = [];
  const wide = bytes[iref.from] !== 0;
  const step = wide ? 4 : 2;
  for (const box of boxes(bytes, iref.from + FULL, iref.to)) {
    const count = u16be(bytes, box.from + step);
    const to: number[] = [];
    for (let i = 0, at = box.from + step + 2; i < count && at + step <= box.to; i++, at += step) {
      to.push(itemNumber(bytes, at, wide));
    }
    references.push({ type: box.type, from: itemNumber(bytes, box.from, wide), to });
  }
  return references;
}

/** The name of an auxiliary image's kind (`auxC`), e.g. the one of an alpha plane. */
export function auxiliaryType(bytes: Uint8Array, property: Property): string {
  return latin1(bytes, property.from + FULL, Math.min(property.to - property.from - FULL, 100));
}
