/** Which images are kept, of all that the folders know. */
import { type CandidateImage, compareCopies, type DedupeMode, Deduper } from '../dedupe/mod.ts';
import { distanceHex } from '../inspect/mod.ts';
import { type Catalog, fileName, type ImageRow } from '../store/mod.ts';
import type { Input } from './inputs.ts';

export interface GroupOptions {
  readonly mode: DedupeMode;
  readonly nearThreshold: number;
  readonly signal: AbortSignal;
}

/** An image among the inputs. */
interface Seen {
  /** Number of the input that has its file, -1 for none: it had given way there. */
  input: number;
  readonly image: CandidateImage;
}

export interface Choice {
  readonly sha256: string;
  /** The input with the file; undefined for an image that gives way to `kept`. */
  readonly from?: Input;
  readonly kept?: { readonly sha256: string; readonly distance: number };
}

/**
 * Copies every image's facts into `out`, groups them, and yields what becomes of each. Images without
 * a file that gave way to nothing (left out for their size) are copied only.
 */
export function* chooseImages(
  inputs: readonly Input[],
  out: Catalog,
  run: number,
  { mode, nearThreshold, signal }: GroupOptions,
): Generator<Choice> {
  const thumbnailOf = (sha256: string) => out.thumbnail(sha256);
  const deduper = new Deduper({ mode, nearThreshold, thumbnailOf });
  const seen = new Map<string, Seen>();
  for (const [index, input] of inputs.entries()) {
    signal.throwIfAborted();
    for (const row of input.catalog.images()) {
      const known = seen.get(row.sha256);
      if (known !== undefined && (known.input >= 0 || row.file === undefined)) continue;
      const thumbnail = input.catalog.thumbnail(row.sha256);
      const { file, kept, kind: _kind, distance: _distance, ...facts } = row;
      if (known === undefined || out.thumbnail(row.sha256) === undefined) {
        // The file of an earlier merge is told of until it is known to go.
        const before = out.imageBySha(row.sha256)?.file;
        out.recordImage(
          { ...facts, ...(before !== undefined && { file: before }), run },
          thumbnail,
        );
      }
      if (file === undefined && kept === undefined) continue;
      if (known !== undefined) known.input = index;
      else seen.set(row.sha256, { input: file === undefined ? -1 : index, image: factsOf(row) });
    }
  }
  for (const { image } of seen.values()) {
    signal.throwIfAborted();
    deduper.add({ ...image, ...thumbnailIn(out, image.sha256) });
  }
  const substitutes = available(seen, deduper);
  for (const [sha256, { input, image }] of seen) {
    const first = deduper.keptFor(sha256)?.sha256 ?? sha256;
    const kept = substitutes.get(first) ?? first;
    if (kept === sha256) {
      if (input >= 0) yield { sha256, from: inputs[input] as Input };
      continue;
    }
    const best = seen.get(kept)?.image;
    yield { sha256, kept: { sha256: kept, distance: bits(image, best) } };
  }
}

/**
 * A group's best copy may be without a file: dropped on its machine for one that a later threshold
 * tells apart. Then the best that is there is kept.
 */
function available(seen: ReadonlyMap<string, Seen>, deduper: Deduper): Map<string, string> {
  const best = new Map<string, CandidateImage>();
  for (const [sha256, { input, image }] of seen) {
    const first = deduper.keptFor(sha256)?.sha256 ?? sha256;
    if (input < 0 || (seen.get(first)?.input ?? -1) >= 0) continue;
    const other = best.get(first);
    if (other === undefined || compareCopies(image, other) < 0) best.set(first, image);
  }
  return new Map([...best].map(([first, image]) => [first, image.sha256]));
}

function factsOf(row: ImageRow): CandidateImage {
  const { sha256, format, width, height, bytes, orientation, frames, pdq, quality } = row;
  return {
    sha256,
    name: fileName(sha256, undefined, format),
    format,
    width,
    height,
    bytes,
    ...(orientation !== undefined && { orientation }),
    ...(frames !== undefined && { frames }),
    ...(pdq !== undefined && { pdq }),
    ...(quality !== undefined && { quality }),
  };
}

function thumbnailIn(catalog: Catalog, sha256: string): { thumbnail?: Uint8Array } {
  const thumbnail = catalog.thumbnail(sha256);
  return thumbnail === undefined ? {} : { thumbnail };
}

/** PDQ bits apart; all 256 when one has no hash, as deduplication counts. */
function bits(a: CandidateImage, b: CandidateImage | undefined): number {
  return a.pdq === undefined || b?.pdq === undefined ? 256 : distanceHex(a.pdq, b.pdq);
}
