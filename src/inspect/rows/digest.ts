/** From sums of cells to what the hash and the second look need. */
import { type AxisPurpose, pdqPurpose } from '../jpeg/axis.ts';
import { MIN_SIDE, type SumRows } from '../pdq/mod.ts';
import { sumRowsIn } from '../sum-rows.ts';
import { CHROMA_SIDE, LUMA_SIDE } from '../thumbnail.ts';
import { AS_STORED, type Turn } from '../turn.ts';
import { type Digest, digestPlanes, type Planes } from '../worker/picture.ts';
import { cellAxis } from './axis.ts';
import type { CellSums, Size } from './cells.ts';
import { core } from './memory.ts';

/** Once, when all pixels of a picture of this size have been added. Undefined when one of them has no colour. */
export function digestCells(cells: CellSums, size: Size, turn?: Turn): Digest | undefined {
  const means = cells.means();
  return means && digestMeans(means, size, turn, sumRowsIn(core(), cells.spare));
}

/**
 * From the means of cells of {@link cellSide}. `turn` says how the picture, of this size as stored, is shown.
 * @param sumRows faster, where the planes lie
 */
export function digestMeans(
  planes: Planes,
  { width, height }: Size,
  turn: Turn = AS_STORED,
  sumRows?: SumRows,
): Digest {
  const both = (purpose: AxisPurpose) =>
    [cellAxis(width, purpose, turn.flipAcross), cellAxis(height, purpose, turn.flipDown)] as const;
  const purpose = pdqPurpose(width, height);
  const hashed = width >= MIN_SIDE && height >= MIN_SIDE;
  return digestPlanes(planes, {
    light: both({ parts: LUMA_SIDE }),
    color: both({ parts: CHROMA_SIDE }),
    ...(hashed && { pdq: both(purpose) }),
    swap: turn.swap,
    ...(sumRows && { sumRows }),
  });
}
