/** From the bytes of a WebP to what the hash and the second look need. */
import { weightsOf } from '../planes/color.ts';
import { meansOf } from '../planes/means.ts';
import { digestMeans } from '../rows/digest.ts';
import type { Structure } from '../structure/mod.ts';
import { turnOf } from '../turn.ts';
import { allocated } from '../worker/codec.ts';
import type { Digest } from '../worker/picture.ts';
import { type Libwebp, libwebp } from './libwebp.ts';

const BT_601 = 6;
const IDENTITY = 0;

/** Of lossy pictures, which say nothing of it (RFC 9649, 2.5), then of lossless ones. */
const WEIGHTS = [
  ...weightsOf({ depth: 8, grey: false, matrix: BT_601, fullRange: false })!,
  ...weightsOf({ depth: 8, grey: false, matrix: IDENTITY, fullRange: true })!,
];

/** Of a WebP that structure/ has found whole. Returns undefined when it cannot be decoded here. */
export async function digestWebp(
  bytes: Uint8Array,
  structure: Structure,
): Promise<Digest | undefined> {
  return libwebp.run((exports) => digestWith(exports, bytes, structure));
}

function digestWith(exports: Libwebp, bytes: Uint8Array, structure: Structure): Digest | undefined {
  const { width, height, orientation = 1 } = structure;
  const data = allocated(exports, bytes);
  if (data === 0) return undefined;
  const planes = meansOf(exports, structure, WEIGHTS, 3, (across, down, weights) =>
    exports.means(data, bytes.length, width, height, across, down, weights),
  );
  exports.free(data);
  return planes && digestMeans(planes, structure, turnOf(orientation));
}
