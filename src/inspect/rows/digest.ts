/** From sums of cells to what the hash and the second look need. */
import { type AxisPurpose, pdqPurpose } from '../jpeg/axis.ts';
import { MIN_SIDE } from '../pdq/mod.ts';
import { CHROMA_SIDE, LUMA_SIDE } from '../thumbnail.ts';
import { type Digest, digestPlanes } from '../worker/picture.ts';
import { cellAxis } from './axis.ts';
import type { CellSums, Size } from './cells.ts';

/** Once, when all pixels of a picture of this size have been added. */
export function digestCells(cells: CellSums, { width, height }: Size): Digest {
  const both = (purpose: AxisPurpose) =>
    [cellAxis(width, purpose), cellAxis(height, purpose)] as const;
  const purpose = pdqPurpose(width, height);
  const hashed = width >= MIN_SIDE && height >= MIN_SIDE;
  return digestPlanes(cells.means(), {
    light: both({ parts: LUMA_SIDE }),
    color: both({ parts: CHROMA_SIDE }),
    ...(hashed && { pdq: both(purpose) }),
  });
}
