import { isSamePicture, isThumbnail, type Picture, preparePicture } from './confirm.ts';
import { aspectChange, MIN_QUALITY, MIN_QUALITY_OF_COPY, mayMatch, type Shape } from './guards.ts';
import { type HashWords, parseHash } from './hamming.ts';
import type { CandidateImage } from './image.ts';
import { type Neighbour, Neighbours } from './neighbours.ts';
import { sketch } from './sketch.ts';
import { Thumbnails } from './thumbnails.ts';

interface Entry extends Shape {
  readonly sha256: string;
}

/** An image with what is compared of it. */
export class Prepared {
  readonly image: CandidateImage;
  readonly hash: HashWords;
  readonly sketch: Int8Array | undefined;
  readonly #thumbnail: Uint8Array | undefined;
  #picture: Picture | undefined;

  constructor(image: CandidateImage, hash: HashWords, thumbnail: Uint8Array | undefined) {
    this.image = image;
    this.hash = hash;
    this.#thumbnail = thumbnail && isThumbnail(thumbnail) ? thumbnail : undefined;
    this.sketch = this.#thumbnail && sketch(this.#thumbnail);
  }

  /** Made when there is something to compare it with. */
  get picture(): Picture | undefined {
    this.#picture ??= this.#thumbnail && preparePicture(this.#thumbnail);
    return this.#picture;
  }
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

  /** `undefined` when nothing near can be found by the image: never hashed, or too flat. */
  prepare(image: CandidateImage): Prepared | undefined {
    const { pdq, quality } = image;
    if (pdq === undefined || (quality ?? 0) < MIN_QUALITY_OF_COPY) return undefined;
    const hash = parseHash(pdq);
    return hash && new Prepared(image, hash, image.thumbnail ?? this.#thumbnails.get(image.sha256));
  }

  /** Files the image. The answer is its id here: 0, 1, 2, … */
  add({ image, hash, sketch }: Prepared): number {
    const id = this.#neighbours.add(hash, sketch);
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
  matches(prepared: Prepared, groupOf: (id: number) => number): number[] {
    const neighbours = this.#neighbours.query(prepared.hash, prepared.sketch);
    // The nearest first: it is the likeliest to answer for its whole group.
    neighbours.sort((a, b) => a.distance - b.distance || a.id - b.id);
    const found = new Map<number, number>();
    for (const neighbour of neighbours) {
      const group = groupOf(neighbour.id);
      if (!found.has(group) && this.#isMatch(prepared, neighbour)) found.set(group, neighbour.id);
    }
    return [...found.values()];
  }

  /** Bits between the hashes of two filed images. */
  distance(a: number, b: number): number {
    return this.#neighbours.between(a, b);
  }

  #isMatch({ image, picture }: Prepared, { id, distance }: Neighbour) {
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
