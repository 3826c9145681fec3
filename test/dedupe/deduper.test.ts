import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CandidateImage, Deduper } from '../../src/dedupe/mod.ts';
import type { Verdict } from '../../src/model.ts';

const base = BigInt(`0x${'5a3c96e1'.repeat(8)}`);

/** An image whose hash has the lowest `bits` bits flipped: distances between them are differences. */
function image(bits: number, more: Partial<CandidateImage> = {}): CandidateImage {
  const pdq = (base ^ ((1n << BigInt(bits)) - 1n)).toString(16).padStart(64, '0');
  const format = more.format ?? 'jpeg';
  return {
    sha256: `${bits}-${format}-${more.width ?? 1000}-${more.bytes ?? 5000}`,
    name: `photo-${bits}`,
    format,
    width: 1000,
    height: 800,
    bytes: 5000,
    pdq,
    quality: 90,
    ...more,
  };
}

/** What the folder holds after the verdicts, by sha256, with names. */
function folder(images: readonly CandidateImage[], deduper = new Deduper()): Map<string, string> {
  const kept = new Map<string, string>();
  for (const one of images) {
    const verdict = deduper.add(one);
    for (const { sha256 } of verdict.replaces) expect(kept.delete(sha256)).toBe(true);
    if (verdict.keep) kept.set(one.sha256, one.name);
    else expect(kept.has(verdict.of)).toBe(true);
  }
  return kept;
}

describe('Deduper', () => {
  it('keeps the first of two exact copies', () => {
    const deduper = new Deduper();
    expect(deduper.add(image(0))).toEqual({ keep: true, replaces: [] });
    expect(deduper.add(image(0))).toEqual({
      keep: false,
      of: image(0).sha256,
      kind: 'exact',
      distance: 0,
      replaces: [],
    });
  });

  it('gives an exact copy with the better name its place', () => {
    const names = (list: string[]) => [...folder(list.map((name) => image(0, { name }))).values()];
    expect(names(['photo (1).jpg', 'photo.jpg'])).toEqual(['photo.jpg']);
    expect(names(['photo.jpg', 'photo (1).jpg'])).toEqual(['photo.jpg']);
  });

  it('compares a further copy with one of its group, not with all of a thousand', () => {
    let asked = 0;
    const thumbnailOf = () => {
      asked++;
      return undefined;
    };
    const deduper = new Deduper({ thumbnailOf });
    const copies = 300;
    for (let copy = 0; copy < copies; copy++) deduper.add(image(copy % 16, { bytes: copy + 1 }));
    expect(asked).toBeLessThan(copies * 4);
  });

  it('finds near copies up to 31 bits, and no further', () => {
    expect(folder([image(0), image(31)]).size).toBe(1);
    expect(folder([image(0), image(32)]).size).toBe(2);
    expect(folder([image(0), image(6)], new Deduper({ nearThreshold: 5 })).size).toBe(2);
  });

  it('lets a larger copy take the place of the kept one', () => {
    const deduper = new Deduper();
    deduper.add(image(0));
    const large = image(8, { width: 2000, height: 1600 });
    expect(deduper.add(large)).toEqual({
      keep: true,
      replaces: [{ sha256: image(0).sha256, distance: 8 }],
    });
    expect(deduper.keptFor(image(0).sha256)).toEqual({ sha256: large.sha256, distance: 8 });
  });

  it('prefers area, then the less compressed, then bytes, then the name', () => {
    const inOrder = [
      image(1, { width: 1050 }),
      image(1, { format: 'png', bytes: 100 }),
      image(1, { bytes: 6000 }),
      image(1, { sha256: 'z', name: 'a' }),
      image(1, { sha256: 'a', name: 'b' }),
      image(1, { format: 'gif', bytes: 9000 }),
    ];
    for (let i = 0; i + 1 < inOrder.length; i++) {
      const pair = inOrder.slice(i, i + 2) as [CandidateImage, CandidateImage];
      for (const order of [pair, pair.toReversed()]) {
        expect([...folder(order).keys()]).toEqual([pair[0].sha256]);
      }
    }
  });

  it('takes away a kept image when an arrival shows that two kept ones are one picture', () => {
    const deduper = new Deduper();
    deduper.add(image(0, { width: 3000, height: 2400 }));
    deduper.add(image(60, { width: 2000, height: 1600 }));
    expect(deduper.add(image(30))).toEqual({
      keep: false,
      of: image(0, { width: 3000 }).sha256,
      kind: 'near',
      distance: 30,
      replaces: [{ sha256: image(60, { width: 2000 }).sha256, distance: 60 }],
    });
  });

  it.each<[string, Partial<CandidateImage>]>([
    ['a blank or flat image', { quality: 49 }],
    ['an image without hash', { pdq: undefined as never }],
    ['an animation against a still', { frames: 12 }],
    ['another aspect ratio', { width: 1200 }],
    ['the same sides turned', { orientation: 6 }],
  ])('does not match %s', (_, odd) => {
    const { pdq, ...rest } = { ...image(0), sha256: 'odd', ...odd };
    expect(folder([image(0), pdq === undefined ? rest : { ...rest, pdq }]).size).toBe(2);
  });

  it('compares shapes as shown', () => {
    expect(folder([image(0), image(2, { width: 800, height: 1000, orientation: 8 })]).size).toBe(1);
  });

  it('keeps everything when off, and near copies when exact', () => {
    const off = new Deduper({ mode: 'off' });
    expect([image(0), image(0), image(1)].map((one) => off.add(one).keep)).toEqual([
      true,
      true,
      true,
    ]);
    const exact = new Deduper({ mode: 'exact' });
    expect([image(0), image(0), image(1)].map((one) => exact.add(one).keep)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('goes on from what earlier runs kept and dropped, without renaming it', () => {
    const deduper = new Deduper();
    const kept = image(0, { width: 2000, height: 1600, name: 'longer-name.jpg' });
    deduper.load([kept, { ...image(28), duplicateOf: kept.sha256 }]);
    const verdict: Verdict = deduper.add(image(50));
    // 50 bits from the kept one, but a copy of its copy.
    expect(verdict).toMatchObject({ keep: false, of: kept.sha256, distance: 50 });
    expect(deduper.add({ ...kept, name: 'a.jpg' })).toMatchObject({ keep: false, kind: 'exact' });
    expect(deduper.add(image(28))).toMatchObject({ keep: false, kind: 'near', distance: 28 });
  });

  it('keeps the next copy of an image that was lost', () => {
    const deduper = new Deduper();
    deduper.add(image(0));
    deduper.forget(image(0).sha256);
    expect(deduper.add(image(3, { width: 500, height: 400 })).keep).toBe(true);
  });

  it('ends with the same folder whatever the order of arrival', () => {
    const copy = fc.record({
      bits: fc.integer({ min: 0, max: 200 }),
      width: fc.constantFrom(1000, 1010, 1060),
      bytes: fc.constantFrom(5000, 6000),
      format: fc.constantFrom<'jpeg' | 'png'>('jpeg', 'png'),
      name: fc.constantFrom('a', 'b', 'aa'),
      frames: fc.constantFrom(1, 1, 1, 2),
    });
    const set = fc.array(copy, { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(
        set.chain((images) =>
          fc.tuple(
            fc.constant(images),
            fc.shuffledSubarray(images, { minLength: images.length, maxLength: images.length }),
          ),
        ),
        ([images, shuffled]) => {
          const all = (list: typeof images) =>
            [
              ...folder(list.map(({ bits, ...rest }) => ({ ...image(bits, rest), ...rest }))),
            ].sort();
          // Frames are no part of the made-up sha256, so drop what the bytes could not allow.
          const bySha = new Map(images.map((one) => [image(one.bits, one).sha256, one.frames]));
          const possible = (list: typeof images) =>
            list.filter((one) => bySha.get(image(one.bits, one).sha256) === one.frames);
          expect(all(possible(shuffled))).toEqual(all(possible(images)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
