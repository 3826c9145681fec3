/**
 * AVIF and HEIC (ISO/IEC 23008-12, AV1 Image File Format 1.1): the primary item's size, what its
 * properties make of it, and whether the bytes of its picture lie within the file.
 */

import type { ImageFormat } from '../../model.ts';
import { type Box, boxes, findBox } from './boxes.ts';
import { fourcc, has, u32be } from './bytes.ts';
import { auxiliaryType, brokenBox, type Items, type Property, readItems } from './heif-items.ts';
import {
  damaged,
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIC_BRANDS = new Set('heic heix heim heis hevc hevx hevm hevs mif1 msf1 miaf'.split(' '));
/** The codec of an item decides where the brands leave it open. */
const CODED = new Set(['av01', 'hvc1', 'hev1', 'avc1', 'jpeg', 'j2k1', 'vvc1', 'unci']);
const DERIVED = new Set(['grid', 'iovl', 'iden', 'tmap']);
/** Boxes that may be cut; another name behind the picture is junk, which decoders ignore. */
const TOP_LEVEL = new Set('ftyp meta moov mdat moof idat free skip uuid'.split(' '));
/** Tiles of one grid; 256 × 256 is what the format can say. */
const MAX_PARTS = 65_536;

/** By the brands of `ftyp`, of which the first 64 bytes show enough. */
export function heifFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (!has(bytes, 4, 'ftyp')) return undefined;
  const end = Math.min(u32be(bytes, 0), bytes.length, 256);
  let heic = false;
  for (let at = 8; at + 4 <= end; at += 4) {
    // The minor version stands between the major brand and the compatible ones.
    if (at === 12) continue;
    const brand = fourcc(bytes, at);
    if (AVIF_BRANDS.has(brand)) return 'avif';
    heic ||= HEIC_BRANDS.has(brand);
    if (at === 8 && heic && !brand.startsWith('m')) return 'heic';
  }
  return heic ? 'heic' : undefined;
}

export function readHeif(bytes: Uint8Array, format: ImageFormat): Structure {
  const name = format === 'avif' ? 'AVIF' : 'HEIC';
  const top = readTop(bytes);
  if (!top.meta) {
    if (top.trouble?.state === 'truncated') throw headerCut(name, bytes.length);
    throw headerBroken(name, top.trouble?.detail ?? 'there is no picture item (meta box)');
  }
  if (top.meta.end > bytes.length) throw headerCut(name, bytes.length);
  const broken = brokenBox(bytes, top.meta);
  if (broken) {
    throw headerBroken(name, `box ${broken.type} at byte ${broken.start} ends beyond its parent`);
  }
  const items = readItems(bytes, top.meta);
  const { primary } = items;
  const type = primary === undefined ? undefined : items.types.get(primary);
  if (primary === undefined || type === undefined || !(CODED.has(type) || DERIVED.has(type))) {
    throw headerBroken(name, 'there is no primary picture');
  }
  const properties = items.properties.get(primary) ?? [];
  const size = shownSize(bytes, properties);
  if (!size || size.width === 0 || size.height === 0) {
    throw headerBroken(name, 'the primary picture has no size (ispe property)');
  }
  const alpha = alphaItem(bytes, items, primary);
  const trouble = top.trouble ?? checkData(bytes, items, primary, type, alpha);
  const frames = top.moov ? sequenceLength(bytes, top.moov) : 0;
  return {
    format: refined(items, type, primary) ?? format,
    ...size,
    ...(frames > 1 && { frames, animated: true }),
    ...(properties.some((p) => isProfile(bytes, p)) && { profile: true }),
    ...sampleFacts(bytes, items, primary, properties),
    alpha: alpha !== undefined,
    ...stateOf(trouble),
  };
}

interface Top {
  readonly meta: Box | undefined;
  readonly moov: Box | undefined;
  readonly trouble: Trouble | undefined;
}

function readTop(bytes: Uint8Array): Top {
  let meta: Box | undefined;
  let moov: Box | undefined;
  let at = 0;
  let trouble: Trouble | undefined;
  for (const box of boxes(bytes, 0, bytes.length)) {
    if (box.type === 'meta') meta ??= box;
    if (box.type === 'moov') moov ??= box;
    if (box.end > bytes.length && (!meta || TOP_LEVEL.has(box.type))) {
      trouble = truncated(
        `box ${box.type} at byte ${box.start} ends ${box.end - bytes.length} bytes beyond the file`,
      );
    }
    at = box.end;
  }
  // What follows the last sound box is junk that decoders ignore, once there is a picture.
  if (!meta && at < bytes.length) trouble ??= damaged(`no box begins at byte ${at}`);
  return { meta, moov, trouble };
}

/** Size as decoders deliver it: cropped (clap) and turned (irot) in the order of the properties. */
function shownSize(
  bytes: Uint8Array,
  properties: readonly Property[],
): { width: number; height: number } | undefined {
  const ispe = properties.find((p) => p.type === 'ispe' && p.to - p.from >= 12);
  if (!ispe) return undefined;
  let width = u32be(bytes, ispe.from + 4);
  let height = u32be(bytes, ispe.from + 8);
  for (const { type, from, to } of properties) {
    if (type === 'irot' && to > from && bytes[from]! & 1) [width, height] = [height, width];
    if (type === 'clap' && to - from >= 32) {
      const cropWidth = Math.round(u32be(bytes, from) / u32be(bytes, from + 4));
      const cropHeight = Math.round(u32be(bytes, from + 8) / u32be(bytes, from + 12));
      if (cropWidth >= 1 && cropWidth <= width) width = cropWidth;
      if (cropHeight >= 1 && cropHeight <= height) height = cropHeight;
    }
  }
  return { width, height };
}

function isProfile(bytes: Uint8Array, { type, from }: Property): boolean {
  return type === 'colr' && (has(bytes, from, 'prof') || has(bytes, from, 'rICC'));
}

/** A grid's own codec is that of its first tile. */
function refined(items: Items, type: string, primary: number): ImageFormat | undefined {
  const coded = DERIVED.has(type) ? items.types.get(parts(items, primary)[0] ?? -1) : type;
  if (coded === 'av01') return 'avif';
  return coded === 'hvc1' || coded === 'hev1' ? 'heic' : undefined;
}

function parts(items: Items, item: number): readonly number[] {
  return items.references.find((r) => r.type === 'dimg' && r.from === item)?.to ?? [];
}

function sharedPart(items: Items, primary: number, alpha: number): number | undefined {
  const own = new Set(parts(items, primary));
  return parts(items, alpha).find((part) => own.has(part));
}

function alphaItem(bytes: Uint8Array, items: Items, primary: number): number | undefined {
  for (const reference of items.references) {
    if (reference.type !== 'auxl' || !reference.to.includes(primary)) continue;
    const kind = items.properties.get(reference.from)?.find((p) => p.type === 'auxC');
    if (!kind) continue;
    const name = auxiliaryType(bytes, kind);
    // The second name is the one of HEVC (ISO/IEC 23008-12, B.3.1).
    if (name.includes(':alpha') || name.includes('hevc:2015:auxid:1')) return reference.from;
  }
  return undefined;
}

/** The items that a decoder must read to show the picture, and whether their bytes are there. */
function checkData(
  bytes: Uint8Array,
  items: Items,
  primary: number,
  type: string,
  alpha: number | undefined,
): Trouble | undefined {
  const needed = [primary, ...(alpha === undefined ? [] : [alpha])];
  for (const item of [...needed]) {
    const from = parts(items, item);
    if (DERIVED.has(items.types.get(item) ?? '') && from.length === 0) {
      return damaged(`item ${item} (${type}) is made of no other`);
    }
    if (from.length <= MAX_PARTS) needed.push(...from);
  }
  const shared = alpha === undefined ? undefined : sharedPart(items, primary, alpha);
  if (shared !== undefined) return damaged(`item ${shared} is part of the colours and the alpha`);
  for (const item of needed) {
    const extents = items.extents.get(item) ?? [];
    const isIdentity = items.types.get(item) === 'iden';
    if (extents.length === 0 && !isIdentity) return damaged(`item ${item} has no data`);
    for (const { offset, length, inIdat } of extents) {
      const start = inIdat ? (items.idat?.from ?? bytes.length) : 0;
      const end = inIdat ? (items.idat?.to ?? 0) : bytes.length;
      if (start + offset + length <= end) continue;
      const what = `the data of item ${item} ends ${start + offset + length - end} bytes beyond the file`;
      return inIdat ? damaged(what) : truncated(what);
    }
  }
  const tiles = type === 'grid' ? gridTiles(bytes, items, primary) : undefined;
  if (tiles !== undefined && tiles !== parts(items, primary).length) {
    return damaged(`the grid of ${tiles} tiles is made of ${parts(items, primary).length}`);
  }
  return undefined;
}

/** Rows × columns that a grid item announces (ISO/IEC 23008-12, 6.6.2.3). */
function gridTiles(bytes: Uint8Array, items: Items, item: number): number | undefined {
  const extent = items.extents.get(item)?.[0];
  if (!extent) return undefined;
  const at = extent.offset + (extent.inIdat ? (items.idat?.from ?? 0) : 0);
  return (bytes[at + 2]! + 1) * (bytes[at + 3]! + 1);
}

/** Depth and colour by `pixi`, else by the codec's configuration. */
function sampleFacts(
  bytes: Uint8Array,
  items: Items,
  primary: number,
  own: readonly Property[],
): Pick<Structure, 'bitDepth' | 'color'> {
  const first = parts(items, primary)[0];
  const properties = [...own, ...(first === undefined ? [] : (items.properties.get(first) ?? []))];
  const pixi = properties.find((p) => p.type === 'pixi' && p.to - p.from >= 6);
  if (pixi) {
    return { bitDepth: bytes[pixi.from + 5]!, color: bytes[pixi.from + 4] === 1 ? 'grey' : 'ycc' };
  }
  const av1C = properties.find((p) => p.type === 'av1C' && p.to - p.from >= 4);
  if (!av1C) return {};
  const flags = bytes[av1C.from + 2]!;
  const bitDepth = flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
  return { bitDepth, color: flags & 0x10 ? 'grey' : 'ycc' };
}

/** Samples of the first track with a picture (`stsz`, ISO/IEC 14496-12, 8.7.3). */
function sequenceLength(bytes: Uint8Array, moov: Box): number {
  for (const trak of boxes(bytes, moov.from, moov.to)) {
    if (trak.type !== 'trak') continue;
    const mdia = findBox(bytes, trak, 'mdia');
    const hdlr = mdia && findBox(bytes, mdia, 'hdlr');
    if (!hdlr || !has(bytes, hdlr.from + 8, 'pict')) continue;
    const minf = findBox(bytes, mdia, 'minf');
    const stbl = minf && findBox(bytes, minf, 'stbl');
    const stsz = stbl && findBox(bytes, stbl, 'stsz');
    if (stsz) return u32be(bytes, stsz.from + 8);
  }
  return 0;
}
