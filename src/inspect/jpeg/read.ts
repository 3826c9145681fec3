/** From the bytes of a JPEG to the lowest coefficients of each component. */
import { baselineReader } from './baseline.ts';
import { type Component, dequantise } from './coefficients.ts';
import { type ChooseKept, type Frame, openFrame, readTables, type Tables } from './frame.ts';
import { progressiveReader } from './progressive.ts';
import { readScanHeader, type ScanHeader, walkScan } from './scan.ts';

const EOI = 0xd9;
const SOS = 0xda;

/**
 * Returns undefined for what the fast path does not read. Throws `truncated` (TrawlError) or NotForUs.
 * Of a progressive JPEG only the scans are read that hold coefficients which are kept, and no
 * refinement unless all are kept; that its other scans are there is for structure/ to say.
 * The result is valid until the next call.
 */
export function readCoefficients(file: Uint8Array, choose: ChooseKept): Frame | undefined {
  const tables: Tables = {
    quant: [],
    dc: [],
    ac: [],
    restartInterval: 0,
    adobe: undefined,
    jfif: false,
  };
  let frame: Frame | undefined;
  /** Components that have not been coded yet. */
  const missing = new Set<number>();
  let at = 2;
  for (;;) {
    at = nextMarker(file, at);
    const marker = file[at + 1];
    if (marker === undefined || marker === EOI) break;
    at += 2;
    // Restart markers and TEM stand alone.
    if ((marker >= 0xd0 && marker <= 0xd7) || marker === 0x01) continue;
    const length = ((file[at] ?? 0) << 8) | (file[at + 1] ?? 0);
    const payload = file.subarray(at + 2, at + length);
    at += length;
    if (isStartOfFrame(marker)) {
      if (frame) return undefined;
      frame = openFrame(payload, marker & 15, tables, choose, file.length);
      if (!frame) return undefined;
      for (const { id } of frame.components) missing.add(id);
    } else if (marker === SOS) {
      if (!frame) return undefined;
      const scan = readScanHeader(payload, frame, tables);
      if (!scan) return undefined;
      if (frame.progressive && !isWanted(scan)) continue;
      const reader = frame.progressive ? progressiveReader(scan) : baselineReader(scan);
      if (!reader) return undefined;
      at = walkScan(file, at, frame, scan, tables.restartInterval, reader);
      for (const { component } of scan.components) {
        missing.delete(component.id);
        component.lacking = component.lacking.filter((k) => k < scan.first || k > scan.last);
      }
      // What is left of a progressive file holds nothing that is kept.
      if (frame.progressive && frame.components.every(isComplete)) break;
    } else readTables(marker, payload, tables);
  }
  if (!frame || missing.size > 0) return undefined;
  if (frame.progressive) {
    for (const component of frame.components) if (component.kept === 8) dequantise(component);
  }
  return frame;
}

function isComplete({ kept, lacking }: Component): boolean {
  return kept < 8 && lacking.length === 0;
}

function isWanted({ components, first, high }: ScanHeader): boolean {
  const { limit } = components[0]!.component;
  if (first === 0) return high === 0 || limit === 64;
  return first < limit && (high === 0 || limit === 64);
}

function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The next 0xFF that begins a marker: not stuffing, not a restart, not padding before another. */
function nextMarker(file: Uint8Array, from: number): number {
  let at = file.indexOf(0xff, from);
  while (at >= 0) {
    const next = file[at + 1];
    if (next === undefined) break;
    if (next !== 0 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
    at = file.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return file.length;
}
