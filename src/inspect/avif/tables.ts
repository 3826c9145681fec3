/**
 * Whether the tables of an AVIF say nothing twice, too much or too little. structure/ reads what it can of them, as
 * decoders do; what they refuse about the rest, each in its own way, is not worth following.
 */
import { type Box, boxes } from '../structure/boxes.ts';
import { fourcc, has, u16be, u32be } from '../structure/bytes.ts';

/** Version and flags before the content of a full box. */
const FULL = 4;
const TOP = new Set('ftyp meta mdat free skip uuid'.split(' '));
const TABLES = new Set('hdlr pitm iloc iinf iref iprp idat'.split(' '));
/** libheif takes no more items, references of an item, … */
const MOST = 256;

/** The `meta` box, when all is as it should be. */
export function soundMeta(bytes: Uint8Array): Box | undefined {
  const top = filling(bytes, 0, bytes.length);
  if (!top?.every(({ type }) => TOP.has(type)) || !isAvif(bytes, top[0])) return undefined;
  const metas = top.filter(({ type }) => type === 'meta');
  return metas.length === 1 && isSound(bytes, metas[0]!) ? metas[0] : undefined;
}

/** Boxes that fill `[from, to)`. */
function filling(bytes: Uint8Array, from: number, to: number): Box[] | undefined {
  const all = [...boxes(bytes, from, to)];
  return (all.at(-1)?.end ?? from) === to ? all : undefined;
}

/** By the brands that all writers name. */
function isAvif(bytes: Uint8Array, ftyp: Box | undefined): boolean {
  if (ftyp?.type !== 'ftyp' || (ftyp.to - ftyp.from) % 4 !== 0) return false;
  const brands = new Set<string>();
  for (let at = ftyp.from + 8; at < ftyp.to; at += 4) brands.add(fourcc(bytes, at));
  const first = fourcc(bytes, ftyp.from);
  return (first === 'avif' || first === 'mif1') && brands.has('avif') && brands.has('mif1');
}

function isSound(bytes: Uint8Array, meta: Box): boolean {
  const tables = filling(bytes, meta.from + FULL, meta.to);
  if (u32be(bytes, meta.from) !== 0 || !tables) return false;
  const by = new Map(tables.map((box) => [box.type, box]));
  if (by.size !== tables.length || !tables.every(({ type }) => TABLES.has(type))) return false;
  const [hdlr, pitm, iloc, iinf] = ['hdlr', 'pitm', 'iloc', 'iinf'].map((type) => by.get(type));
  if (!hdlr || !pitm || !iloc || !iinf) return false;
  const wide = bytes[pitm.from] === 1 ? 4 : 2;
  if (!has(bytes, hdlr.from, '\0\0\0\0\0\0\0\0pict') || version(bytes, pitm) > 1) return false;
  if (pitm.to - pitm.from !== FULL + wide) return false;
  const located = locations(bytes, iloc);
  const items = entries(bytes, iinf);
  const same = located && items && located.size === items.size;
  if (!same || ![...items].every((item) => located.has(item))) return false;
  const [iref, iprp] = [by.get('iref'), by.get('iprp')];
  return (!iref || areReferences(bytes, iref, items)) && !!iprp && describes(bytes, iprp, items);
}

/** Version of a full box whose flags are none; 256 and more when there are flags. */
function version(bytes: Uint8Array, { from }: Box): number {
  const word = u32be(bytes, from);
  return word & 0xff_ffff ? MOST : word >>> 24;
}

function itemAt(bytes: Uint8Array, at: number, wide: boolean): number {
  return wide ? u32be(bytes, at) : u16be(bytes, at);
}

/** The items of `iloc`, of which each has extents. */
function locations(bytes: Uint8Array, { from, to }: Box): Set<number> | undefined {
  const items = new Set<number>();
  const kind = u32be(bytes, from) >>> 24;
  const sizes = u16be(bytes, from + FULL);
  const [offsets, lengths, bases, indices] = [12, 8, 4, 0].map((shift) => (sizes >> shift) & 15);
  const index = kind === 0 ? 0 : indices!;
  if (
    kind > 2 ||
    ![offsets!, lengths!, bases!, index].every((size) => size % 4 === 0 && size <= 8)
  ) {
    return undefined;
  }
  const wide = kind === 2;
  const count = itemAt(bytes, from + FULL + 2, wide);
  if (count > MOST) return undefined;
  let at = from + FULL + (wide ? 6 : 4);
  for (let i = 0; i < count; i++) {
    items.add(itemAt(bytes, at, wide));
    at += wide ? 4 : 2;
    // The way it is stored: in the file, or in `idat`.
    if (kind > 0 && u16be(bytes, at) > 1) return undefined;
    if (kind > 0) at += 2;
    // Where: in this file.
    if (u16be(bytes, at) !== 0) return undefined;
    at += 2 + bases!;
    const extents = u16be(bytes, at);
    if (extents === 0) return undefined;
    at += 2 + extents * (index + offsets! + lengths!);
    if (at > to) return undefined;
  }
  return at === to && items.size === count ? items : undefined;
}

/** The items of `iinf`. */
function entries(bytes: Uint8Array, iinf: Box): Set<number> | undefined {
  const kind = version(bytes, iinf);
  const count = itemAt(bytes, iinf.from + FULL, kind === 1);
  const all = filling(bytes, iinf.from + FULL + (kind === 0 ? 2 : 4), iinf.to);
  if (kind > 1 || !all || all.length !== count) return undefined;
  const items = new Set<number>();
  for (const { type, from } of all) {
    if (type !== 'infe' || (bytes[from] !== 2 && bytes[from] !== 3)) return undefined;
    items.add(itemAt(bytes, from + FULL, bytes[from] === 3));
  }
  return items.size === count ? items : undefined;
}

function areReferences(bytes: Uint8Array, iref: Box, items: ReadonlySet<number>): boolean {
  const kind = version(bytes, iref);
  const step = kind === 1 ? 4 : 2;
  const all = filling(bytes, iref.from + FULL, iref.to);
  if (kind > 1 || !all || all.length === 0) return false;
  return all.every(({ from, to }) => {
    const count = u16be(bytes, from + step);
    if (count === 0 || count > MOST || to - from !== step + 2 + count * step) return false;
    const named = [from, ...Array.from({ length: count }, (_, i) => from + step + 2 + i * step)];
    return named.every((at) => items.has(itemAt(bytes, at, kind === 1)));
  });
}

/** Properties, and which item has which. */
function describes(bytes: Uint8Array, iprp: Box, items: ReadonlySet<number>): boolean {
  const [ipco, ipma, ...more] = filling(bytes, iprp.from, iprp.to) ?? [];
  if (ipco?.type !== 'ipco' || ipma?.type !== 'ipma' || more.length > 0) return false;
  const properties = filling(bytes, ipco.from, ipco.to);
  if (!properties?.every((box) => isProperty(bytes, box))) return false;
  const [kind, flags] = [bytes[ipma.from]!, u32be(bytes, ipma.from) & 0xff_ffff];
  if (kind > 1 || flags > 1) return false;
  const [wide, step] = [kind === 1, 1 + flags];
  const count = u32be(bytes, ipma.from + FULL);
  let at = ipma.from + FULL + 4;
  const seen = new Set<number>();
  for (let i = 0; i < count && at < ipma.to; i++) {
    seen.add(itemAt(bytes, at, wide));
    at += wide ? 4 : 2;
    for (let left = bytes[at++]!; left > 0; left--, at += step) {
      const index = flags ? u16be(bytes, at) & 0x7fff : bytes[at]! & 0x7f;
      if (index === 0 || index > properties.length) return false;
    }
  }
  return at === ipma.to && seen.size === count && [...seen].every((item) => items.has(item));
}

const COLORS = new Set(['nclx', 'prof', 'rICC']);

/** Of those that are known, the right length and version. */
function isProperty(bytes: Uint8Array, box: Box): boolean {
  const { type, from, to } = box;
  const length = to - from;
  if (type === 'ispe') return length === 12 && version(bytes, box) === 0;
  if (type === 'pixi') {
    return version(bytes, box) === 0 && length === FULL + 1 + bytes[from + FULL]!;
  }
  if (type === 'auxC') return version(bytes, box) === 0 && bytes[to - 1] === 0;
  if (type === 'colr') {
    const kind = fourcc(bytes, from);
    return COLORS.has(kind) && (kind !== 'nclx' || length === 11);
  }
  return true;
}
