import { isSamePicture, type Picture, preparePicture } from './confirm.ts';
import { aspectChange, MIN_QUALITY, MIN_QUALITY_OF_COPY, mayMatch, type Shape } from './guards.ts';
import { parseHash } from './hamming.ts';
import type { CandidateImage } from './image.ts';
import { type Neighbour, Neighbours } from './neighbours.ts';
import { sketch } from './sketch.ts';
import { Thumbnails } from './thumbnails.ts';

interface Entry extends Shape {
  readonly sha256: string;
}

/**
 * Near matches: retrieval by hash, guards, second look. Whether two images match depends on the two
 * alone and not on which came first.
 *
 * Without a thumbnail there is no second look: then the distance must be within the threshold and
 * both qualities 50.
 */
export class Lookalikes {
  readonly #threshold: number;
  readonly #neighbours: Neighbours;
  readonly #thumbnails: Thumbnails;
  /** By id. */
  readonly #entries: Entry[] = [];

  constructor(threshold: number, thumbnailOf?: (sha256: string) => Uint8Array | undefined) {
    this.#threshold = threshold;
    this.#neighbours = new Neighbours(threshold);
    this.#thumbnails = new Thumbnails(thumbnailOf);
  }

  /**
   * Files the image. The answer is its id here (0, 1, 2, …), or `undefined` when nothing near can be
   * found by it: never hashed, or too flat.
   */
  add(image: CandidateImage): number | undefined {
    const hash = hashOf(image);
    if (hash === undefined) return undefined;
    const thumbnail = image.thumbnail ?? this.#thumbnails.get(image.sha256);
    const picture = thumbnail && preparePicture(thumbnail);
    const id = this.#neighbours.add(hash, picture && sketch(thumbnail));
    const { sha256, width, height, orientation, frames, quality } = image;
    this.#entries.push({
      sha256,
      width,
      height,
      ...(orientation !== undefined && { orientation }),
      ...(frames !== undefined && { frames }),
      ...(quality !== undefined && { quality }),
    });
    if (image.thumbnail !== undefined) this.#thumbnails.set(sha256, image.thumbnail);
    return id;
  }

  /**
   * One filed image of each group that shows the same picture, itself left out. One is enough: the
   * others are tied to it. Comparing with all would take a square of the time where one picture comes
   * a thousand times (1,600 copies: 500 s instead of 2).
   */
  matches(image: CandidateImage, groupOf: (id: number) => number): number[] {
    const hash = hashOf(image);
    if (hash === undefined) return [];
    const thumbnail = image.thumbnail ?? this.#thumbnails.get(image.sha256);
    const picture = thumbnail && preparePicture(thumbnail);
    const neighbours = this.#neighbours.query(hash, picture && sketch(thumbnail));
    // The nearest first: it is the likeliest to answer for its whole group.
    neighbours.sort((a, b) => a.distance - b.distance || a.id - b.id);
    const found = new Map<number, number>();
    for (const neighbour of neighbours) {
      const group = groupOf(neighbour.id);
      if (!found.has(group) && this.#isMatch(image, picture, neighbour))
        found.set(group, neighbour.id);
    }
    return [...found.values()];
  }

  /** Bits between the hashes of two filed images. */
  distance(a: number, b: number): number {
    return this.#neighbours.between(a, b);
  }

  #isMatch(image: CandidateImage, picture: Picture | undefined, { id, distance }: Neighbour) {
    const entry = this.#entries[id] as Entry;
    if (entry.sha256 === image.sha256 || !mayMatch(image, entry)) return false;
    const other = picture && this.#thumbnails.get(entry.sha256);
    const otherPicture = other && preparePicture(other);
    if (picture === undefined || otherPicture === undefined) {
      const quality = Math.min(image.quality ?? 0, entry.quality ?? 0);
      return distance <= this.#threshold && quality >= MIN_QUALITY;
    }
    const sides = [image, entry].map(({ width, height }) => Math.min(width, height));
    const shortSide = Math.min(...sides);
    return isSamePicture(picture, otherPicture, {
      aspectChange: aspectChange(image, entry),
      shortSide,
      reduction: Math.max(...sides) / shortSide,
    });
  }
}

function hashOf({ pdq, quality }: CandidateImage) {
  if (pdq === undefined || (quality ?? 0) < MIN_QUALITY_OF_COPY) return undefined;
  return parseHash(pdq);
}
