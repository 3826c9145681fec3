/** Which groups are one picture; the references that leave this stage. */

import type { ImageRef } from '../model.ts';
import { PREVIEW_WIDTH, rank } from './choice.ts';
import { type Entry, type Group, toCandidate } from './collector.ts';
import type { Settings } from './options.ts';
import { stemOf } from './size.ts';
import { upgradeAddress } from './upgrade.ts';

/** Groups to references: merged, in document order, numbered from 1, no chosen address twice. */
export function toReferences(
  groups: readonly Group[],
  page: string,
  settings: Settings,
): ImageRef[] {
  const found = groups.filter((group) => group.entries.size > 0);
  let pictures = mergeEqual(found.map((group) => new Picture(group, settings)));
  pictures = mergeEqual(mergePreviews(mergeContained(pictures)));
  pictures.sort((a, b) => a.group.order - b.group.order);
  return pictures.map(({ group, ranked }, at): ImageRef => {
    const [first, ...rest] = ranked.map(toCandidate);
    const alt = group.alt === undefined ? {} : { alt: group.alt };
    return { group: at + 1, candidates: [first!, ...rest], page, ...alt };
  });
}

/** A group with its entries in order of merit. */
class Picture {
  readonly group: Group;
  ranked: Entry[] = [];
  real = 0;
  private readonly settings: Settings;

  constructor(group: Group, settings: Settings) {
    this.group = group;
    this.settings = settings;
    this.rank();
  }

  get best(): string {
    return this.ranked[0]!.url;
  }

  rank(): void {
    const { ranked, real } = rank(this.group, this.settings.preferType);
    this.ranked = ranked;
    this.real = real;
    if (this.settings.upgrade) this.upgradeBest();
  }

  /** The original's address goes first; what the page named is what remains if that fails. */
  private upgradeBest(): void {
    const { group, ranked } = this;
    const best = ranked[0]!;
    if (best.from.startsWith('upgrade.')) return;
    const upgraded = upgradeAddress(best.url);
    if (upgraded === undefined || !this.settings.accepts(upgraded.url)) return;
    const { url, rule } = upgraded;
    const known = group.entries.get(url);
    const entry: Entry = known ?? {
      url,
      from: `upgrade.${rule}`,
      role: 'full',
      width: undefined,
      density: undefined,
      type: undefined,
      media: undefined,
    };
    if (known === undefined) {
      group.put(entry);
      this.real++;
    }
    this.ranked = [entry, ...ranked.filter((other) => other !== entry)];
  }
}

/** Groups with the same best address are one. */
function mergeEqual(pictures: readonly Picture[]): Picture[] {
  let current = [...pictures];
  // Taking in more candidates can change the best, hence the rounds; the last ones leave it as it
  // is, so that no page makes this go on and on.
  for (let round = 0; ; round++) {
    const byBest = new Map<string, Picture[]>();
    for (const picture of current) {
      const same = byBest.get(picture.best);
      if (same === undefined) byBest.set(picture.best, [picture]);
      else same.push(picture);
    }
    if (byBest.size === current.length) return current;
    current = [];
    for (const [first, ...others] of byBest.values()) {
      for (const other of others) first!.group.absorb(other.group);
      if (others.length > 0 && round < 3) first!.rank();
      current.push(first!);
    }
  }
}

/**
 * A group whose best is one of the lesser copies of another is that one too (`og:image` and the
 * article's first image). Each joins one other only: a fallback that a hundred pictures name must
 * not make one picture of them.
 */
function mergeContained(pictures: readonly Picture[]): Picture[] {
  const holders = new Map<string, Picture>();
  for (const picture of pictures) {
    for (const entry of picture.ranked.slice(1, picture.real)) {
      if (ties(entry, picture) && !holders.has(entry.url)) holders.set(entry.url, picture);
    }
  }
  const into = new Map<Picture, Picture>();
  for (const picture of pictures) {
    const holder = holders.get(picture.best);
    if (holder === undefined) continue;
    const root = rootOf(holder, into);
    if (root !== picture) into.set(picture, root);
  }
  const grown = new Set<Picture>();
  for (const picture of into.keys()) {
    const root = rootOf(picture, into);
    root.group.absorb(picture.group);
    grown.add(root);
  }
  for (const root of grown) root.rank();
  return pictures.filter((picture) => !into.has(picture));
}

/** A tiny copy, shown blurred until the real one of that name is there, is no picture of its own. */
function mergePreviews(pictures: readonly Picture[]): Picture[] {
  const isPreview = ({ ranked: [best] }: Picture) => (best!.width ?? PREVIEW_WIDTH) < PREVIEW_WIDTH;
  if (!pictures.some(isPreview)) return [...pictures];
  const byStem = new Map<string, Picture>();
  for (const picture of pictures) {
    const stem = stemOf(picture.best);
    // Shorter names ("1", "img") are those of many.
    if (stem.length > 5 && !isPreview(picture) && !byStem.has(stem)) byStem.set(stem, picture);
  }
  return pictures.filter((picture) => {
    const real = isPreview(picture) ? byStem.get(stemOf(picture.best)) : undefined;
    if (real === undefined) return true;
    real.group.absorb(picture.group);
    real.rank();
    return false;
  });
}

/** What a lazy image shows at first is often the same for all of them. */
function ties(entry: Entry, picture: Picture): boolean {
  if (entry.role !== 'plain' || !picture.group.lazy) return true;
  return stemOf(entry.url) === stemOf(picture.best);
}

function rootOf(picture: Picture, into: Map<Picture, Picture>): Picture {
  let root = picture;
  for (let next = into.get(root); next !== undefined; next = into.get(root)) root = next;
  // Shorten the way for the next look, or long chains would be walked again and again.
  for (let at = picture; at !== root; ) {
    const next = into.get(at)!;
    into.set(at, root);
    at = next;
  }
  return root;
}
