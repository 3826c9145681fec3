/** PBM, PGM, PPM, PAM and PFM (netpbm): a header of text, then samples as text or bytes. */

import { latin1 } from './bytes.ts';
import { headerBroken, headerCut, type Structure, stateOf, truncated } from './structure.ts';

/** A header is some dozens of bytes, and comments. */
const HEADER_LIMIT = 4096;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Largest sample; 0 for floating point. */
  readonly max: number;
  readonly end: number;
}

export function readPnm(bytes: Uint8Array): Structure {
  const kind = String.fromCharCode(bytes[1]!);
  const text = latin1(bytes, 0, HEADER_LIMIT);
  const header = kind === '7' ? readPam(text) : readClassic(text, kind);
  if (!header) {
    if (bytes.length < HEADER_LIMIT) throw headerCut('PNM', bytes.length);
    throw headerBroken('PNM', 'its numbers are missing');
  }
  const { width, height, channels, max, end } = header;
  const tooBig = width > 0x7fff_ffff || height > 0x7fff_ffff;
  if (width < 1 || height < 1 || tooBig || max > 65_535 || channels < 1 || channels > 16) {
    throw headerBroken('PNM', `it announces ${width}×${height} pixels up to ${max}`);
  }
  const missing = end + dataSize(kind, header) - bytes.length;
  return {
    format: 'pnm',
    width,
    height,
    bitDepth: max === 0 ? 32 : Math.ceil(Math.log2(max + 1)),
    color: channels < 3 ? 'grey' : 'rgb',
    alpha: channels === 2 || channels === 4,
    ...stateOf(missing > 0 ? truncated(`${missing} bytes of samples are missing`) : undefined),
  };
}

/** Bytes of the samples; the least they can take where they are text. */
function dataSize(kind: string, { width, height, channels, max }: Header): number {
  const samples = width * height * channels;
  if (kind === '1') return samples;
  if (kind === '2' || kind === '3') return 2 * samples - 1;
  if (kind === '4') return Math.ceil(width / 8) * height;
  if (kind === 'f' || kind === 'F') return 4 * samples;
  return samples * (max > 255 ? 2 : 1);
}

/** Two numbers, and a third unless it is a bitmap; `#` comments to the end of their lines. */
function readClassic(text: string, kind: string): Header | undefined {
  const blank = '(?:\\s|#[^\\n]*\\n)+';
  const float = kind === 'f' || kind === 'F';
  const bitmap = kind === '1' || kind === '4';
  const third = bitmap ? '' : `${blank}${float ? '(-?[0-9.eE+-]{1,20})' : '(\\d{1,10})'}`;
  const match = new RegExp(`^P.${blank}(\\d{1,10})${blank}(\\d{1,10})${third}\\s`).exec(text);
  if (!match) return undefined;
  return {
    width: Number(match[1]),
    height: Number(match[2]),
    channels: kind === '3' || kind === '6' || kind === 'F' ? 3 : 1,
    max: bitmap ? 1 : float ? 0 : Math.max(1, Number(match[3])),
    end: match[0].length,
  };
}

function readPam(text: string): Header | undefined {
  const close = text.indexOf('ENDHDR\n');
  if (close < 0) return undefined;
  const number = (name: string) =>
    Number(
      new RegExp(`\\n${name}[ \\t]+(\\d{1,10})[ \\t]*\\n`).exec(text.slice(0, close))?.[1] ?? 0,
    );
  return {
    width: number('WIDTH'),
    height: number('HEIGHT'),
    channels: number('DEPTH'),
    max: number('MAXVAL') || 1,
    end: close + 7,
  };
}
