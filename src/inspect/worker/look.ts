/** Looks at one image: headers, limits, then as little decoding as its hash needs. */
import { digestGif } from '../gif/mod.ts';
import { checkPixels, checkState, headerOf } from '../header.ts';
import { digestJpeg } from '../jpeg/mod.ts';
import { type Dihedral, dihedralHashes, hashBuffer, NO_HASH } from '../pdq/mod.ts';
import { digestPng } from '../png/mod.ts';
import type { Deferred, InspectAnswer, InspectPhase, InspectTask } from '../protocol.ts';
import { inspectStructure, type Structure } from '../structure/mod.ts';
import { canDecode, decodePixels } from './decode.ts';
import { bytesToDecode } from './memory.ts';
import { type Digest, digestPixels } from './picture.ts';

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
  const digest = await digestOf(task, structure);
  if ('deferred' in digest) return digest;
  const decoded = performance.now();
  phases.push(['decode', decoded - started]);
  const hash = digest.buffer ? hashBuffer(digest.buffer) : NO_HASH;
  const dihedral = task.dihedral && digest.buffer ? dihedralHashes(digest.buffer) : undefined;
  phases.push(['hash', performance.now() - decoded]);
  return {
    ...header,
    pdq: hash.hex,
    quality: hash.quality,
    thumbnail: digest.thumbnail,
    ...(dihedral && { dihedral: dihedral satisfies Record<Dihedral, string> }),
  };
}

async function digestOf(
  { bytes, memory }: InspectTask,
  structure: Structure,
): Promise<Digest | Deferred> {
  if (structure.format === 'jpeg') {
    const digest = digestJpeg(bytes, structure.orientation ?? 1);
    if (digest) return digest;
  }
  if (structure.format === 'png' && (structure.orientation ?? 1) === 1) {
    const digest = await digestPng(bytes);
    if (digest) return digest;
  }
  if (structure.format === 'gif') {
    const digest = digestGif(bytes);
    if (digest) return digest;
  }
  const deferred = bytesToDecode(structure);
  if (deferred > memory) return { deferred };
  return digestPixels(await decodePixels(bytes, structure));
}
