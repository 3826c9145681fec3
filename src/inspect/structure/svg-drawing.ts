/**
 * What drawing an SVG amounts to: elements that refer to others (use, pattern, mask, clip-path, marker,
 * filter) draw them again, so a few lines can ask for billions. Counted without drawing any of it.
 *
 * The unit is the filling of a whole picture of 512 × 512 by resvg, some 0.1 ms; most elements take less.
 */

import { damaged, type Trouble } from './structure.ts';
import type { Tag } from './svg-root.ts';

/** As many elements as resvg draws at most. */
const MAX_WEIGHT = 1_000_000;
/**
 * Elements within each other, those that are referred to included. The decoder works by recursion: its
 * stack ends at 120 nested `svg`, 280 nested `g`.
 */
const MAX_DEPTH = 100;
/** A filter primitive goes over the picture some times. */
const PRIMITIVE = 100;
/** Pixels of an embedded picture that take about as long to decode as one unit. */
const PIXELS = 25_000;

/** Elements that draw nothing where they are referred to. */
const WEIGHTLESS = new Set(
  'defs desc filter linearGradient metadata radialGradient script stop style title'.split(' '),
);
const LINK = /^\s*#([^\s]+)\s*$/;
const URL_REFERENCE = /url\(\s*["']?#([^\s"')]{1,200})/g;

interface Reference {
  readonly id: string;
  /** Of the element that has it: the root's is 1. */
  readonly depth: number;
}

/** An element with all that is within it: stretches of the lists in document order. */
interface Part {
  readonly depth: number;
  /** Of the deepest element within. */
  deepest: number;
  /** Weight before it, and behind its end. */
  readonly weightFrom: number;
  weightTo: number;
  readonly referencesFrom: number;
  referencesTo: number;
}

export class Drawing {
  readonly #references: Reference[] = [];
  readonly #open: Part[] = [];
  readonly #parts = new Map<string, Part>();
  #weight = 0;
  #deepest = 0;
  #drawn = 0;

  /** Takes in a start tag. */
  start(tag: Tag): void {
    const depth = this.#open.length + 1;
    const part: Part = {
      depth,
      deepest: depth,
      weightFrom: this.#weight,
      weightTo: this.#weight,
      referencesFrom: this.#references.length,
      referencesTo: this.#references.length,
    };
    this.#open.push(part);
    this.#weight += weightOf(tag);
    const id = tag.attributes.get('id');
    if (id !== undefined && !this.#parts.has(id)) this.#parts.set(id, part);
    for (const [name, value] of tag.attributes) {
      if (name === 'href' || name === 'xlink:href') {
        const target = LINK.exec(value.slice(0, 300))?.[1];
        if (target !== undefined) this.#references.push({ id: target, depth });
      } else if (value.includes('url(')) {
        for (const [, target] of value.matchAll(URL_REFERENCE)) {
          this.#references.push({ id: target!, depth });
        }
      }
    }
  }

  /** Takes in the end of the element that was opened last. */
  end(): void {
    const part = this.#open.pop();
    if (!part) return;
    part.weightTo = this.#weight;
    part.referencesTo = this.#references.length;
    this.#sink(part.deepest);
  }

  /** Takes in what stands as data in the element that was opened last: pixels, or another drawing. */
  embed(inner: number | Drawing): void {
    if (typeof inner === 'number') this.#weight += Math.ceil(inner / PIXELS);
    else {
      this.#weight += inner.#drawn;
      this.#sink(this.#open.length + inner.#deepest);
    }
  }

  /** Something within the innermost open element lies so deep. */
  #sink(depth: number): void {
    const around = this.#open.at(-1);
    if (around) around.deepest = Math.max(around.deepest, depth);
    this.#deepest = Math.max(this.#deepest, depth);
  }

  /** What is too much of it; undefined when it can be drawn. Called when the root has ended. */
  trouble(): Trouble | undefined {
    if (this.#deepest > MAX_DEPTH) return TOO_DEEP;
    const whole = {
      depth: 1,
      deepest: this.#deepest,
      weightFrom: 0,
      weightTo: this.#weight,
      referencesFrom: 0,
      referencesTo: this.#references.length,
    };
    return this.#draw(whole, 0, new Set());
  }

  /**
   * Follows the references of a part. Ends with the limits, so that no count of the file rules it.
   * @param added how much deeper the part is drawn than it stands
   * @param within names of the parts that this one is drawn for
   */
  #draw(part: Part, added: number, within: Set<string>): Trouble | undefined {
    this.#drawn += part.weightTo - part.weightFrom;
    for (let i = part.referencesFrom; i < part.referencesTo; i++) {
      if (++this.#drawn > MAX_WEIGHT) return TOO_MUCH;
      const { id, depth } = this.#references[i]!;
      const target = this.#parts.get(id);
      // Decoders leave out what contains itself. Gradients weigh nothing, whoever uses them.
      if (!target || target.weightTo === target.weightFrom || within.has(id)) continue;
      const deeper = added + depth + 1 - target.depth;
      if (target.deepest + deeper > MAX_DEPTH) return TOO_DEEP;
      within.add(id);
      const trouble = this.#draw(target, deeper, within);
      within.delete(id);
      if (trouble) return trouble;
    }
    return this.#drawn > MAX_WEIGHT ? TOO_MUCH : undefined;
  }
}

const TOO_DEEP = damaged(`its elements are nested deeper than ${MAX_DEPTH}`);
const TOO_MUCH = damaged(`drawing it takes more than ${MAX_WEIGHT} elements`);

function weightOf({ name, attributes }: Tag): number {
  const local = name.slice(name.indexOf(':') + 1);
  if (WEIGHTLESS.has(local)) return 0;
  if (!local.startsWith('fe')) return 1;
  const number = (attribute: string) => {
    const value = Number.parseFloat(attributes.get(attribute) ?? '');
    return Number.isFinite(value) ? Math.abs(value) : 0;
  };
  if (local === 'feTurbulence') return PRIMITIVE * Math.max(1, number('numOctaves'));
  if (local === 'feMorphology') return PRIMITIVE * (1 + number('radius') / 10);
  if (local === 'feConvolveMatrix') return PRIMITIVE + number('order') ** 2;
  return PRIMITIVE;
}
