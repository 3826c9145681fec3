/** Looks at one image: headers, limits, then as little decoding as its hash needs. */
import { TrawlError } from '../../errors.ts';
import { digestAvif } from '../avif/mod.ts';
import { digestGif } from '../gif/mod.ts';
import { checkPixels, checkState, headerOf } from '../header.ts';
import { digestJpeg } from '../jpeg/mod.ts';
import { type Dihedral, dihedralHashes, hashBuffer, NO_HASH, type PdqHash } from '../pdq/mod.ts';
import { digestPng } from '../png/mod.ts';
import type { Deferred, InspectAnswer, InspectPhase, InspectTask } from '../protocol.ts';
import { inspectStructure, type Structure } from '../structure/mod.ts';
import { digestSvg } from '../svg/mod.ts';
import { digestTiff } from '../tiff/mod.ts';
import { digestWebp } from '../webp/mod.ts';
import { canDecode, decodePixels, isReducedOnTheWay } from './decode.ts';
import { bytesToDecode, bytesToRead, bytesToReadWhole } from './memory.ts';
import { type Digest, digestPixels } from './picture.ts';
import { readWholeHere } from './whole.ts';

/**
 * Throws a TrawlError when the image is refused, cut short or broken.
 * @param phases takes what was done and how long it took
 */
export async function look(task: InspectTask, phases: InspectPhase[] = []): Promise<InspectAnswer> {
  const started = performance.now();
  const structure = inspectStructure(task.bytes);
  checkPixels(structure, task.maxPixels);
  checkState(structure);
  const header = headerOf(structure);
  if (!task.pixels || !canDecode(structure.format)) return header;
  const seen = await see(task, structure);
  if ('deferred' in seen) return seen;
  const { digest, hash } = seen;
  const hashed = performance.now();
  const dihedral = task.dihedral && digest.buffer ? dihedralHashes(digest.buffer) : undefined;
  phases.push(
    ['decode', hashed - started - seen.hashMs],
    ['hash', seen.hashMs + performance.now() - hashed],
  );
  return {
    ...header,
    pdq: hash.hex,
    quality: hash.quality,
    thumbnail: digest.thumbnail,
    ...(dihedral && { dihedral: dihedral satisfies Record<Dihedral, string> }),
  };
}

/** What the pixels show. */
interface Seen {
  readonly digest: Digest;
  readonly hash: PdqHash;
  readonly hashMs: number;
}

function seenAs(digest: Digest): Seen {
  const started = performance.now();
  const hash = digest.buffer ? hashBuffer(digest.buffer) : NO_HASH;
  return { digest, hash, hashMs: performance.now() - started };
}

/** By the shortest way there is, and of every pixel where that leaves the hash uncertain. */
async function see(task: InspectTask, structure: Structure): Promise<Seen | Deferred> {
  const { bytes, memory } = task;
  const toRead = bytesToRead(structure);
  if (toRead > memory) return { deferred: toRead };
  const read = await readHere(bytes, structure);
  const quick = read && seenAs(read);
  if (quick && !isUncertain(structure, quick.hash)) return quick;
  const whole = quick && (await seeWholeHere(task, structure));
  if (whole) return whole;
  const deferred = bytesToDecode(structure);
  if (deferred > memory) return { deferred };
  if (quick) return (await seeWhole(bytes, structure)) ?? quick;
  const seen = seenAs(digestPixels(await decodePixels(bytes, structure)));
  if (!isUncertain(structure, seen.hash) || !isReducedOnTheWay(structure)) return seen;
  return (await seeWhole(bytes, structure)) ?? seen;
}

/** Without wasm-vips. `undefined` when only that can read the file. */
async function readHere(
  bytes: Uint8Array<ArrayBuffer>,
  structure: Structure,
): Promise<Digest | undefined> {
  const { format, orientation = 1 } = structure;
  if (format === 'jpeg') return digestJpeg(bytes, orientation);
  if (format === 'png' && orientation === 1) return digestPng(bytes);
  if (format === 'gif') return digestGif(bytes);
  if (format === 'tiff') return digestTiff(bytes, orientation);
  if (format === 'avif') return digestAvif(bytes);
  if (format === 'svg') return digestSvg(bytes, structure);
  if (format === 'webp') return digestWebp(bytes, structure);
  return undefined;
}

/** Every pixel, without wasm-vips. `undefined` when only that can decode the file. */
async function seeWholeHere(
  { bytes, memory }: InspectTask,
  structure: Structure,
): Promise<Seen | Deferred | undefined> {
  const deferred = bytesToReadWhole(structure);
  if (deferred > memory) return { deferred };
  const digest = await readWholeHere(bytes, structure);
  return digest && seenAs(digest);
}

/** `undefined` when the decoder, which is stricter than our readers, refuses the file. */
async function seeWhole(bytes: Uint8Array, structure: Structure): Promise<Seen | undefined> {
  try {
    return seenAs(digestPixels(await decodePixels(bytes, structure, 'whole')));
  } catch (error) {
    if (error instanceof TrawlError) return undefined;
    throw error;
  }
}

/**
 * Textures and stripes that hold next to nothing of the frequencies that PDQ looks at: how the pixels were rounded
 * decides their bits, and a short cut is up to 62 bits off. Of 2,000 pictures, nine have a margin up to 0.5,
 * and all others 1.1 at least.
 */
const MIN_MARGIN = 0.8;
/**
 * That of JPEGs, of which a short cut sees less. Of 8,300, of four sizes, those of a lower margin come out up to
 * 62 bits off, and all others 16 at most; one in a hundred is lower.
 */
const MIN_JPEG_MARGIN = 2.5;
/** A hash of less quality says too little to be worth the work. */
const MIN_QUALITY = 40;

/** A drawing has no pixels that would make it more certain. */
function isUncertain({ format }: Structure, { quality, margin }: PdqHash): boolean {
  const least = format === 'jpeg' ? MIN_JPEG_MARGIN : MIN_MARGIN;
  return format !== 'svg' && quality >= MIN_QUALITY && margin < least;
}
