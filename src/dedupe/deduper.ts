import type { Replaced, Verdict } from '../model.ts';
import { Groups } from './groups.ts';
import { HASH_BITS } from './hamming.ts';
import type { CandidateImage, KnownImage } from './image.ts';
import { Lookalikes, type Prepared } from './lookalikes.ts';
import { DEFAULT_NEAR_THRESHOLD } from './neighbours.ts';
import { compareCopies, compareNames, type Ranked } from './rank.ts';

export type DedupeMode = 'off' | 'exact' | 'near';

export interface DeduperOptions {
  /** `off` keeps everything, `exact` compares bytes only. Default `near`. */
  readonly mode?: DedupeMode;
  /**
   * PDQ bits in which near copies may differ, 0–256. Default 31, as PDQ's authors advise. Crops differ
   * more; they are found by the second look, whose reach shrinks with a lower threshold.
   */
  readonly nearThreshold?: number;
  /**
   * Where thumbnails are kept (a catalog, a cache). Without it all are held in memory, 2.8 KB an
   * image; with it only the newest 1,024, and it is asked for the others.
   */
  readonly thumbnailOf?: (sha256: string) => Uint8Array | undefined;
}

/**
 * Decides which copy of each picture is kept, one image at a time.
 *
 * Two images are of one group when a chain of matches joins them, and a match depends on the two
 * images alone; the kept copy is the group's first by `compareCopies`. Both are functions of the
 * set of images: the order of arrival changes who is replaced on the way, not the end. A dropped
 * copy is never needed again, because a group's best member is always the kept one.
 */
export class Deduper {
  readonly #mode: DedupeMode;
  readonly #groups = new Groups<Member>(compareCopies);
  readonly #ids = new Map<string, number>();
  /** From earlier runs: what lies on the disk keeps its name. */
  readonly #known = new Set<number>();
  readonly #newLookalikes: () => Lookalikes;
  #filled: Lookalikes | undefined;
  /** From ids among the lookalikes to ids among the groups. */
  readonly #filed: number[] = [];

  constructor(options: DeduperOptions = {}) {
    this.#mode = options.mode ?? 'near';
    const threshold = options.nearThreshold ?? DEFAULT_NEAR_THRESHOLD;
    this.#newLookalikes = () => new Lookalikes(threshold, options.thumbnailOf);
  }

  /**
   * Takes over the images of earlier runs, as they were decided then: nothing is matched anew.
   * Call it before the first `add`.
   */
  load(known: Iterable<KnownImage>): void {
    if (this.#mode === 'off') return;
    const ties: [number, string][] = [];
    for (const image of known) {
      if (this.#ids.has(image.sha256)) continue;
      const id = this.#file(image, this.#prepare(image), image.duplicateOf === undefined);
      this.#known.add(id);
      if (image.duplicateOf !== undefined) ties.push([id, image.duplicateOf]);
    }
    for (const [id, sha256] of ties) {
      const of = this.#ids.get(sha256);
      if (of !== undefined) this.#groups.join(id, of);
    }
  }

  add(image: CandidateImage): Verdict {
    if (this.#mode === 'off') return { keep: true, replaces: [] };
    const same = this.#ids.get(image.sha256);
    if (same !== undefined) return this.#again(same, image);

    const prepared = this.#prepare(image);
    const matches = prepared ? this.#matches(prepared) : [];
    const before = new Set<number>();
    for (const match of matches) {
      const kept = this.#groups.kept(match);
      if (kept !== undefined) before.add(kept);
    }
    const id = this.#file(image, prepared, true);
    for (const match of matches) this.#groups.join(id, match);

    const kept = this.#groups.kept(id) as number;
    before.delete(kept);
    const replaces = [...before].map((old) => this.#replaced(old, kept));
    replaces.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    if (kept === id) return { keep: true, replaces };
    const { sha256 } = this.#groups.item(kept);
    return { keep: false, of: sha256, kind: 'near', distance: this.#distance(id, kept), replaces };
  }

  /** The image could not be stored, or is gone: later copies of it are kept again. */
  forget(sha256: string): void {
    const id = this.#ids.get(sha256);
    if (id !== undefined) this.#groups.withdraw(id);
  }

  /** What is kept in place of an image that was added or loaded (itself, perhaps). */
  keptFor(sha256: string): { readonly sha256: string; readonly distance: number } | undefined {
    const id = this.#ids.get(sha256);
    const kept = id === undefined ? undefined : this.#groups.kept(id);
    return id === undefined || kept === undefined ? undefined : this.#replaced(kept, id, kept);
  }

  /** The same bytes once more. */
  #again(id: number, image: CandidateImage): Verdict {
    const kept = this.#groups.kept(id);
    if (kept === undefined) {
      this.#groups.replaceItem(id, memberOf(image, this.#groups.item(id).near));
      this.#groups.offer(id);
      return { keep: true, replaces: [] };
    }
    const old = this.#groups.item(kept);
    if (!this.#known.has(id) && compareNames(image.name, this.#groups.item(id).name) < 0) {
      this.#groups.replaceItem(id, memberOf(image, this.#groups.item(id).near));
      this.#groups.offer(id);
      if (this.#groups.kept(id) === id) {
        return {
          keep: true,
          replaces: [{ sha256: old.sha256, distance: this.#distance(kept, id) }],
        };
      }
    }
    const kind = kept === id ? 'exact' : 'near';
    const distance = this.#distance(id, kept);
    return { keep: false, of: old.sha256, kind, distance, replaces: [] };
  }

  /** Made with the first image: a program that has just started has other things to do. */
  get #lookalikes(): Lookalikes {
    this.#filled ??= this.#newLookalikes();
    return this.#filled;
  }

  #prepare(image: CandidateImage): Prepared | undefined {
    return this.#mode === 'near' ? this.#lookalikes.prepare(image) : undefined;
  }

  #file(image: CandidateImage, prepared: Prepared | undefined, present: boolean): number {
    const near = prepared && this.#lookalikes.add(prepared);
    const id = this.#groups.add(memberOf(image, near), present);
    this.#ids.set(image.sha256, id);
    if (near !== undefined) this.#filed[near] = id;
    return id;
  }

  #matches(prepared: Prepared): number[] {
    const idOf = (near: number) => this.#filed[near] as number;
    return this.#lookalikes.matches(prepared, (near) => this.#groups.root(idOf(near))).map(idOf);
  }

  #replaced(of: number, by: number, shown = of): Replaced {
    return { sha256: this.#groups.item(shown).sha256, distance: this.#distance(of, by) };
  }

  /** PDQ bits apart; all of them when one has no hash. */
  #distance(a: number, b: number): number {
    if (a === b) return 0;
    const [one, other] = [this.#groups.item(a).near, this.#groups.item(b).near];
    return one === undefined || other === undefined
      ? HASH_BITS
      : this.#lookalikes.distance(one, other);
  }
}

/** What ranking and naming need of an image, and its id among the lookalikes. */
interface Member extends Ranked {
  readonly near: number | undefined;
}

function memberOf(image: CandidateImage, near: number | undefined): Member {
  const { sha256, name, format, width, height, bytes } = image;
  return { sha256, name, format, width, height, bytes, near };
}
