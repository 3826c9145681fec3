/** Makes a file name that every file system and shell can live with out of any text. Pure. */

/** Longest name that `cleanName` gives by default, in bytes of UTF-8. */
export const MAX_NAME_BYTES = 200;

/**
 * What nobody sees or what reorders the rest: controls, bidirectional marks, zero-width and other
 * ignorable characters, tags, lone surrogates, and the mark of a failed decoding.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\uFFFD]/gu;

/** Separators of paths, and what Windows forbids in names. */
const FORBIDDEN = /[<>:"/\\|?*]+/g;

/** Devices of Windows, with any extension: `con.jpg` opens the console there. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

/** What most names are, and nothing has to be done to. */
const PLAIN = /^[A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*$/;

/**
 * A single path segment without anything that hides, leads elsewhere or is reserved; empty when
 * nothing is left. Cleaning a clean name changes nothing.
 */
export function cleanName(text: string, maxBytes = MAX_NAME_BYTES): string {
  if (text.length <= maxBytes && PLAIN.test(text) && !RESERVED.test(text)) return text;
  let name = text
    .normalize('NFC')
    .replace(/[\t\n\v\f\r]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(FORBIDDEN, '-')
    .replace(/\s+/g, ' ')
    .normalize('NFC');
  // After the cut, which may leave a reserved name or a dot at the end.
  name = trim(cutBytes(trim(name), maxBytes));
  return RESERVED.test(name) ? trim(cutBytes(`_${name}`, maxBytes)) : name;
}

/** Same for two names that some file system holds for one: case, full folding, (de)composition. */
export function foldName(name: string): string {
  return name.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}

/** The beginning of a text that fits into so many bytes of UTF-8, cut between code points. */
export function cutBytes(text: string, maxBytes: number): string {
  // No code point takes more than three bytes for each of its UTF-16 units.
  if (text.length * 3 <= maxBytes) return text;
  let bytes = 0;
  let end = 0;
  for (const point of text) {
    const code = point.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > maxBytes) break;
    end += point.length;
  }
  return text.slice(0, end);
}

/** A dash in front would make it an option, a dot would hide it; Windows drops dots and spaces at the end. */
function trim(name: string): string {
  return name.replace(/^[\s.-]+/, '').replace(/[\s.]+$/, '');
}
