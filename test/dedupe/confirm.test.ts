import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSamePicture, preparePicture } from '../../src/dedupe/confirm.ts';
import { CHROMA_SIDE, LUMA_SIDE, THUMBNAIL_BYTES } from '../../src/inspect/thumbnail.ts';

/** A scene: brightness, Cb and Cr at any place of the unit square. */
type Scene = (u: number, v: number) => readonly [y: number, cb: number, cr: number];

/** Waves of random direction: as much structure as a photo, and no two seeds alike. */
function scene(seed: number): Scene {
  const waves = Array.from({ length: 14 }, (_, k) => {
    const noise = (n: number) =>
      Math.abs(Math.sin(seed * 12.9898 + k * 78.233 + n * 37.719) * 43758.5453) % 1;
    return {
      fx: 1 + noise(1) * 9,
      fy: 1 + noise(2) * 9,
      phase: noise(3) * 7,
      size: 8 + noise(4) * 14,
    };
  });
  return (u, v) => {
    const y = waves.reduce(
      (sum, w) => sum + w.size * Math.sin(w.fx * u * 6 + w.fy * v * 6 + w.phase),
      118,
    );
    return [y, 128 + 30 * Math.sin(3 * u + seed), 128 + 25 * Math.cos(4 * v + seed)];
  };
}

/** Averages 4 × 4 points a sample, as the inspect stage averages pixels. */
function thumbnail(of: Scene): Uint8Array {
  const plane = (side: number, channel: 0 | 1 | 2) =>
    Array.from({ length: side * side }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < 16; k++) {
        const u = ((at % side) + ((k % 4) + 0.5) / 4) / side;
        const v = (Math.floor(at / side) + (Math.floor(k / 4) + 0.5) / 4) / side;
        sum += Math.max(0, Math.min(255, of(u, v)[channel]));
      }
      return Math.round(sum / 16);
    });
  return Uint8Array.from([
    ...plane(LUMA_SIDE, 0),
    ...plane(CHROMA_SIDE, 1),
    ...plane(CHROMA_SIDE, 2),
  ]);
}

function same(a: Scene, b: Scene, aspectChange = 1): boolean {
  const pair = { aspectChange, shortSide: 800, reduction: 1 };
  const [one, other] = [a, b].map((s) => preparePicture(thumbnail(s)));
  if (!one || !other) throw new Error('no picture');
  const answer = isSamePicture(one, other, pair);
  expect(isSamePicture(other, one, { ...pair, aspectChange: 1 / aspectChange })).toBe(answer);
  return answer;
}

const original = scene(1);

/** The part of a scene that is left when `l`, `r`, `t`, `b` (shares) are cut off. */
const cut =
  (of: Scene, l: number, r: number, t: number, b: number): Scene =>
  (u, v) =>
    of(l + u * (1 - l - r), t + v * (1 - t - b));

const lit =
  (of: Scene, factor: number): Scene =>
  (u, v) => {
    const [y, cb, cr] = of(u, v);
    return [y * factor, cb, cr];
  };

const painted =
  (of: Scene, where: (u: number, v: number) => boolean, level: number): Scene =>
  (u, v) =>
    where(u, v) ? [level, 128, 128] : of(u, v);

/** A small disc on white ground, with stripes that begin at `phase`, in one colour. */
const sprite =
  (phase: number, cb: number, cr: number): Scene =>
  (u, v) =>
    Math.hypot(u - 0.5, v - 0.5) < 0.14
      ? [110 + 20 * Math.sin((4 * u + v) * 2 * Math.PI + phase), cb, cr]
      : [250, 128, 128];

/** A round sign on white ground: a thick ring, and something dark in it. */
const sign =
  (shows: (u: number, v: number) => boolean): Scene =>
  (u, v) => {
    const ring = Math.abs(Math.hypot(u - 0.5, v - 0.5) - 0.35) < 0.05;
    return [ring ? 60 : shows(u, v) ? 20 : 250, 128, 128];
  };

const bar = (u: number, v: number) => Math.abs(u - 0.5) < 0.06 && Math.abs(v - 0.5) < 0.15;
const cross = (u: number, v: number) => bar(u, v) || bar(v, u);

describe('second look', () => {
  it.each<[string, Scene, number?]>([
    ['itself', original],
    ['a crop of 2 %', cut(original, 0.01, 0.01, 0.01, 0.01)],
    ['a crop of 5 %', cut(original, 0.025, 0.025, 0.025, 0.025)],
    ['a crop of 5 % from one corner', cut(original, 0.05, 0, 0.05, 0)],
    ['a crop of 5 % at every side', cut(original, 0.05, 0.05, 0.05, 0.05)],
    ['a crop of one side only', cut(original, 0.05, 0, 0, 0), 0.95],
    ['a brighter copy', lit(original, 1.1)],
    ['a darker copy', lit(original, 0.9)],
    [
      'a border of half a percent',
      painted(
        cut(original, -0.005, -0.005, -0.005, -0.005),
        (u, v) => Math.min(u, v, 1 - u, 1 - v) < 0.005,
        0,
      ),
    ],
    [
      'a watermark in a corner',
      painted(original, (u, v) => u > 0.75 && u < 0.97 && v > 0.91 && v < 0.97, 230),
    ],
  ])('takes %s for the same picture', (_, copy, aspectChange) => {
    expect(same(original, copy, aspectChange)).toBe(true);
  });

  it.each<[string, Scene, number?]>([
    ['a greyscale copy', (u, v) => [original(u, v)[0], 128, 128]],
    ['another colouring', (u, v) => [original(u, v)[0], original(v, u)[2], original(u, v)[1]]],
    ['the mirror image', (u, v) => original(1 - u, v)],
    ['the picture upside down', (u, v) => original(1 - u, 1 - v)],
    ['the same squeezed to another shape', original, 1.08],
    ['a crop of a third', cut(original, 0.2, 0.15, 0.2, 0.15)],
    ['half the brightness', lit(original, 0.5)],
    [
      'another caption above and below',
      painted(original, (u, v) => Math.abs(v - 0.5) > 0.35 && Math.sin(u * 60) > 0, 255),
    ],
    [
      'the same scene with things moved',
      painted(
        original,
        (u, v) => Math.hypot(u - 0.3, v - 0.5) < 0.12 || Math.hypot(u - 0.7, v - 0.5) < 0.12,
        20,
      ),
    ],
    ['a blank picture', () => [118, 128, 128]],
  ])('tells %s apart', (_, other, aspectChange) => {
    expect(same(original, other, aspectChange)).toBe(false);
  });

  it('tells drawings apart by the little that they show, however alike the rest', () => {
    expect(same(sign(cross), sign(bar))).toBe(false);
    expect(
      same(
        sign(bar),
        sign((u, v) => bar(v, u)),
      ),
    ).toBe(false);
    expect(same(sign(bar), lit(sign(cross), 0.95))).toBe(false);
  });

  it('takes copies of a drawing for one, with a mark beside it too', () => {
    const marked = painted(sign(cross), (u, v) => u > 0.76 && u < 0.98 && v > 0.92 && v < 0.98, 90);
    for (const copy of [lit(sign(cross), 0.95), cut(sign(cross), 0.02, 0, 0.02, 0), marked]) {
      expect(same(sign(cross), copy)).toBe(true);
    }
  });

  it('tells small things on an empty ground apart, by what they show and by their colour', () => {
    const thing = sprite(0, 118, 140);
    expect(same(thing, sprite(1.5, 118, 140))).toBe(false);
    expect(same(thing, sprite(0, 118, 160))).toBe(false);
    for (const copy of [lit(thing, 0.95), cut(thing, 0.02, 0, 0.02, 0), sprite(0, 119, 142)]) {
      expect(same(thing, copy)).toBe(true);
    }
  });

  it('tells any two scenes apart', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9999 }), fc.integer({ min: 2, max: 9999 }), (a, b) => {
        fc.pre(a !== b);
        expect(same(scene(a), scene(b))).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('answers for any bytes, and refuses another layout', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: THUMBNAIL_BYTES, maxLength: THUMBNAIL_BYTES }),
        fc.uint8Array({ minLength: THUMBNAIL_BYTES, maxLength: THUMBNAIL_BYTES }),
        (a, b) => {
          const [one, other] = [preparePicture(a), preparePicture(b)];
          if (!one || !other) throw new Error('no picture');
          const pair = { aspectChange: 1, shortSide: 300, reduction: 1 };
          expect(isSamePicture(one, other, pair)).toBe(isSamePicture(other, one, pair));
        },
      ),
      { numRuns: 30 },
    );
    expect(preparePicture(new Uint8Array(1536))).toBeUndefined();
  });
});
