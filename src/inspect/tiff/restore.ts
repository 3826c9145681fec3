/** From a row as it is stored to samples of 8 bits or fewer: without predictor, of 16 bits the high ones. */
import { core } from '../rows/memory.ts';
import type { TiffParts } from './parts.ts';

/** The number of PNG's filter that stores differences to the pixel before: the same as the predictor. */
const SUB = 1;

/** @param room for as many bytes as a row has, in the core's memory, as all rows are */
export function restorer(
  { bits, samples, predicted, little }: TiffParts,
  room: Uint8Array,
): (row: Uint8Array) => Uint8Array {
  if (bits === 16) return (row) => highBytes(row, little, predicted ? samples : 0, room);
  if (!predicted) return (row) => row;
  const { unfilter } = core();
  return (row) => {
    unfilter(SUB, row.byteOffset, room.byteOffset, 0, row.length, samples);
    return room.subarray(0, row.length);
  };
}

/** @param step samples from one that is added to the next to that one; 0 when none is */
function highBytes(row: Uint8Array, little: boolean, step: number, out: Uint8Array): Uint8Array {
  const count = row.length / 2;
  const high = little ? 1 : 0;
  if (step === 0) {
    for (let i = 0; i < count; i++) out[i] = row[2 * i + high]!;
    return out.subarray(0, count);
  }
  const before = new Uint16Array(step);
  for (let i = 0, channel = 0; i < count; i++, channel = channel + 1 === step ? 0 : channel + 1) {
    before[channel]! += (row[2 * i + high]! << 8) | row[2 * i + 1 - high]!;
    out[i] = before[channel]! >> 8;
  }
  return out.subarray(0, count);
}
