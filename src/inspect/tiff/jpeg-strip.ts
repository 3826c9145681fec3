/** One strip that is a JPEG: its headers and its data. Baseline, in one scan, is what writers make. */
import type { Size } from '../rows/cells.ts';
import { u16be } from '../structure/bytes.ts';
import { RGB, type TiffParts, YCC } from './parts.ts';

export interface Strip {
  /** Segments with tables. */
  readonly head: Uint8Array;
  /** The segments that begin the frame and the scan. */
  readonly frame: Uint8Array;
  readonly scan: Uint8Array;
  /** Entropy-coded. */
  readonly data: Uint8Array;
  /** Pixels of an MCU. */
  readonly mcuWidth: number;
  readonly mcuHeight: number;
}

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TABLES = new Set([0xdb, 0xc4]);
const BASELINE = new Set([0xc0, 0xc1]);

interface Segment {
  readonly marker: number;
  readonly bytes: Uint8Array;
}

/** The segments between SOI and EOI or the first scan's data; undefined when there is anything else. */
function segmentsOf(bytes: Uint8Array): { segments: Segment[]; end: number } | undefined {
  if (u16be(bytes, 0) !== 0xff00 + SOI) return undefined;
  const segments: Segment[] = [];
  for (let at = 2; bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === EOI) return { segments, end: at };
    const end = at + 2 + u16be(bytes, at + 2);
    if (marker < 0xc0 || (marker >= 0xd0 && marker < SOS) || end > bytes.length) return undefined;
    segments.push({ marker, bytes: bytes.subarray(at, end) });
    if (marker === SOS) return { segments, end };
    at = end;
  }
  return undefined;
}

/** The segments of the field JPEGTables; undefined when it holds something else. */
export function tablesOf(field: Uint8Array): Uint8Array | undefined {
  if (field.length === 0) return field;
  const read = segmentsOf(field);
  if (!read?.segments.every(({ marker }) => TABLES.has(marker))) return undefined;
  return field.subarray(2, read.end);
}

export function readStrip(
  bytes: Uint8Array,
  size: Size,
  { samples, photometric, subsampling }: TiffParts,
): Strip | undefined {
  const read = segmentsOf(bytes);
  if (!read) return undefined;
  const { segments, end } = read;
  const scan = segments.pop();
  const frame = segments.pop();
  if (!frame || scan?.marker !== SOS || !BASELINE.has(frame.marker)) return undefined;
  if (!segments.every(({ marker }) => TABLES.has(marker))) return undefined;
  const header = frame.bytes;
  const expected = header[4] === 8 && u16be(header, 5) === size.height;
  if (!expected || u16be(header, 7) !== size.width) return undefined;
  if (header[9] !== samples || header.length !== 10 + 3 * samples) return undefined;
  const factors = Array.from({ length: samples }, (_, i) => header[11 + 3 * i]!);
  const [first, ...others] = factors as [number, ...number[]];
  if (others.some((factor) => factor !== 0x11)) return undefined;
  if (photometric === RGB && first !== 0x11) return undefined;
  if (photometric === YCC && subsampling !== undefined && first !== subsampling) return undefined;
  const [across, down] = samples === 1 ? [1, 1] : [first >> 4, first & 15];
  // All components in one scan, of all coefficients.
  const tail = 5 + 2 * samples;
  if (scan.bytes[4] !== samples || scan.bytes.length !== tail + 3) return undefined;
  if (scan.bytes[tail] !== 0 || scan.bytes[tail + 1] !== 63) return undefined;
  const data = bytes.subarray(end, endOfData(bytes, end));
  if (bytes[end + data.length + 1] !== EOI) return undefined;
  // One after the other, from behind SOI on.
  const head = bytes.subarray(
    2,
    segments.reduce((sum, segment) => sum + segment.bytes.length, 2),
  );
  return { head, frame: header, scan: scan.bytes, data, mcuWidth: 8 * across, mcuHeight: 8 * down };
}

/** Where the next marker is. */
function endOfData(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0 && bytes[at + 1] === 0) at = bytes.indexOf(0xff, at + 2);
  return at < 0 ? bytes.length : at;
}
