/** From the bytes of an AVIF to what the hash and the second look need. */
import { type Weights, weightsOf } from '../planes/color.ts';
import { digestPicture } from '../planes/means.ts';
import { allocated } from '../worker/codec.ts';
import type { Digest } from '../worker/picture.ts';
import { type Dav1d, dav1d, FACTS, FULL_COLOR, GREY } from './dav1d.ts';
import { type AvifParts, type Coded, partsOf } from './parts.ts';

/**
 * Of an AVIF that structure/ has found whole, turned as it says. Returns undefined when anything in it is not as
 * it should be, or not known here.
 */
export async function digestAvif(bytes: Uint8Array): Promise<Digest | undefined> {
  const parts = partsOf(bytes);
  return parts && dav1d.run((exports) => digestWith(exports, parts));
}

function digestWith(exports: Dav1d, parts: AvifParts): Digest | undefined {
  const { picture, alpha, turn } = parts;
  try {
    if (!decode(exports, 0, picture)) return undefined;
    if (alpha && !(decode(exports, 1, alpha) && fits(exports, parts))) return undefined;
    const weights = weightsFor(exports, parts);
    if (!weights) return undefined;
    const { width, height } = picture;
    return digestPicture(exports, { width, height, weights, turn }, (across, down, given) =>
      exports.means(across, down, given, weights.length),
    );
  } finally {
    exports.release();
  }
}

/** False when it cannot be decoded, or has another size than the file says. */
function decode(exports: Dav1d, which: number, { data, width, height }: Coded): boolean {
  const address = allocated(exports, data);
  if (address === 0) return false;
  const failed = exports.decode(which, address, data.length, width * height);
  exports.free(address);
  if (failed) return false;
  return exports.fact(which, FACTS.width) === width && exports.fact(which, FACTS.height) === height;
}

/** The alpha is one that dav1d.c can lay over the picture. */
function fits(exports: Dav1d, { picture, alpha }: AvifParts): boolean {
  const same = picture.width === alpha!.width && picture.height === alpha!.height;
  const plain = [0, 1].every((which) => exports.fact(which, FACTS.depth) === 8);
  return same && plain && exports.fact(1, FACTS.fullRange) === 1;
}

function weightsFor(exports: Dav1d, { nclx }: AvifParts): readonly Weights[] | undefined {
  const layout = exports.fact(0, FACTS.layout);
  const matrix = nclx?.matrix ?? exports.fact(0, FACTS.matrix);
  // The three colours of one pixel.
  if (matrix === 0 && layout !== FULL_COLOR) return undefined;
  return weightsOf({
    depth: exports.fact(0, FACTS.depth),
    grey: layout === GREY,
    matrix,
    fullRange: nclx?.fullRange ?? exports.fact(0, FACTS.fullRange) === 1,
  });
}
