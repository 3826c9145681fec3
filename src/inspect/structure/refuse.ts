/** What bytes that are no image seem to be, said safely: the text comes from a stranger. */

import { TrawlError } from '../../errors.ts';
import { has } from './bytes.ts';
import { decodeStart } from './svg-root.ts';

/** Bytes looked at; a title or an error text stands at the start. */
const LOOK = 4096;
/** Characters quoted. */
const QUOTE = 60;

const BINARY: readonly (readonly [number, string, string])[] = [
  [0, '%PDF-', 'a PDF document'],
  [0, 'PK\x03\x04', 'a ZIP archive or office document'],
  [0, '\x1f\x8b', 'gzip-compressed data'],
  [0, '\x28\xb5\x2f\xfd', 'zstd-compressed data'],
  [0, 'Rar!', 'a RAR archive'],
  [0, "7z\xbc\xaf'\x1c", 'a 7z archive'],
  [0, '\x1a\x45\xdf\xa3', 'a Matroska or WebM video'],
  [4, 'ftyp', 'an MP4 or QuickTime video'],
  [0, 'RIFF', 'a RIFF file (WAV, AVI)'],
  [0, 'OggS', 'an Ogg stream'],
  [0, 'ID3', 'an MP3 file'],
  [0, 'FLV', 'a Flash video'],
  [0, 'CWS', 'a Flash movie'],
  [0, 'wOFF', 'a font'],
  [0, 'wOF2', 'a font'],
  [0, '\x7fELF', 'a program'],
  [0, 'MZ', 'a program'],
];

/** The error of a body in which no image format is recognised. */
export function notAnImage(bytes: Uint8Array): TrawlError {
  return new TrawlError('not-an-image', `This is no image but ${describe(bytes)}.`);
}

export function describe(bytes: Uint8Array): string {
  for (const [at, magic, name] of BINARY) if (has(bytes, at, magic)) return name;
  const start = bytes.subarray(0, LOOK);
  if (start.every((byte) => byte === 0)) return `${bytes.length} bytes that begin with zeros`;
  if (!isText(start)) return `${bytes.length} bytes of unknown binary data`;

  const text = decodeStart(bytes, LOOK).trimStart();
  if (text === '') return 'white space';
  if (/^<(?:!doctype\s+html|html|head|body|title|meta|script|div|h1|p)\b/i.test(text)) {
    const title = /<title[^<>]{0,200}>([^<]{0,300})/i.exec(text)?.[1];
    return title?.trim() ? `an HTML page titled ${quote(title)}` : 'an HTML page';
  }
  if (/<html[\s>]/i.test(text)) return 'an HTML page';
  if (/^[{[]/.test(text)) return `JSON: ${quote(text)}`;
  if (text.startsWith('<')) return `an XML document: ${quote(text)}`;
  return `text: ${quote(text)}`;
}

/** No NUL within the first bytes, and hardly any control character. */
function isText(start: Uint8Array): boolean {
  const utf16 =
    (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff);
  if (utf16) return true;
  let odd = 0;
  for (const byte of start) {
    if (byte === 0) return false;
    if (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b) odd++;
  }
  if (odd * 20 > start.length) return false;
  // Bytes that are no UTF-8 at all are no text either; Latin-1 pages have few of them.
  const text = new TextDecoder().decode(start);
  const wrong = text.split('\ufffd').length - 1;
  return wrong * 10 <= text.length;
}

/**
 * One short line without anything that moves a terminal's cursor, turns the direction of writing or
 * hides: control, format, private and surrogate characters go.
 */
function quote(text: string): string {
  const clean = text
    .slice(0, 8 * QUOTE)
    .replace(/\s+/g, ' ')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim();
  const short = [...clean].slice(0, QUOTE).join('');
  return `“${short}${short.length < clean.length ? '…' : ''}”`;
}
