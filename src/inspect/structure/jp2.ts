/** JPEG 2000 (ITU-T T.800): the SIZ marker of the codestream, bare or within the boxes of a JP2 file. */

import { boxes } from './boxes.ts';
import { has, u16be, u32be } from './bytes.ts';
import {
  headerBroken,
  headerCut,
  type Structure,
  stateOf,
  type Trouble,
  truncated,
} from './structure.ts';

/** SOC and SIZ, the first markers of every codestream. */
const CODESTREAM = '\xff\x4f\xff\x51';
const SIZ_LENGTH = 42;

export function readJp2(bytes: Uint8Array): Structure {
  const bare = has(bytes, 0, CODESTREAM);
  let trouble: Trouble | undefined;
  let start = bare ? 0 : -1;
  let end = bytes.length;
  if (!bare) {
    for (const box of boxes(bytes, 0, bytes.length)) {
      if (box.end > bytes.length) {
        trouble = truncated(
          `box ${box.type} at byte ${box.start} ends ${box.end - bytes.length} bytes beyond the file`,
        );
      }
      if (box.type !== 'jp2c' || start >= 0) continue;
      start = box.from;
      end = box.to;
    }
  }
  if (start < 0 || start + SIZ_LENGTH > bytes.length) throw headerCut('JPEG 2000', bytes.length);
  if (!has(bytes, start, CODESTREAM)) {
    throw headerBroken('JPEG 2000', `no codestream begins at byte ${start}`);
  }
  // Reference grid size minus image offset (T.800, A.5.1).
  const width = u32be(bytes, start + 8) - u32be(bytes, start + 16);
  const height = u32be(bytes, start + 12) - u32be(bytes, start + 20);
  const channels = u16be(bytes, start + 40);
  if (width < 1 || height < 1 || channels < 1) {
    throw headerBroken('JPEG 2000', `it announces ${width}×${height} pixels`);
  }
  if (!trouble && !endsCodestream(bytes, start, end)) {
    trouble = truncated('the codestream has no end mark');
  }
  return {
    format: 'jp2',
    width,
    height,
    bitDepth: ((bytes[start + SIZ_LENGTH] ?? 7) & 0x7f) + 1,
    color: channels < 3 ? 'grey' : 'rgb',
    alpha: channels === 2 || channels === 4,
    ...stateOf(trouble),
  };
}

/** EOC stands at the end; files with junk behind it are told apart by its place in the last bytes. */
function endsCodestream(bytes: Uint8Array, start: number, end: number): boolean {
  if (has(bytes, end - 2, '\xff\xd9')) return true;
  for (let at = end - 2; at >= start; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
