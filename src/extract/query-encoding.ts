/**
 * Non-ASCII characters in the query of an address are sent in the encoding of the page that names it
 * (https://url.spec.whatwg.org/#query-state), which the URL class does not know. The web platform
 * decodes legacy encodings only; what encodes is the decoder, turned round.
 */

type Encoder = (character: string) => readonly number[] | undefined;

/** Undefined for the encodings whose pages have UTF-8 in queries. */
export function queryEncoder(encoding: string): ((raw: string) => string) | undefined {
  if (/^(?:utf-|replacement|iso-2022|x-user)/.test(encoding)) return undefined;
  let encoder: Encoder | undefined;
  return (raw) => {
    const start = raw.indexOf('?');
    if (start < 0 || !/[^\x00-\x7f]/.test(raw)) return raw;
    const hash = raw.indexOf('#');
    if (hash >= 0 && hash < start) return raw;
    encoder ??= encoderOf(encoding);
    const end = hash < 0 ? raw.length : hash;
    return raw.slice(0, start) + encodeText(raw.slice(start, end), encoder) + raw.slice(end);
  };
}

function encodeText(text: string, encoder: Encoder): string {
  return text.replace(/[^\x00-\x7f]/gu, (character) => {
    const bytes = encoder(character);
    // What the encoding lacks becomes a numeric character reference, "&#8364;", percent-encoded.
    if (bytes === undefined) return `%26%23${character.codePointAt(0)}%3B`;
    return bytes.map(percent).join('');
  });
}

/** The second byte of a character may be ASCII; it stays as it is unless the query forbids it. */
function percent(byte: number): string {
  const char = String.fromCharCode(byte);
  if (byte > 0x20 && byte < 0x7f && !`"#<>'`.includes(char)) return char;
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

const tables = new Map<string, Map<string, readonly number[]>>();

function encoderOf(encoding: string): Encoder {
  let table = tables.get(encoding);
  if (table === undefined) {
    table = invert(encoding);
    tables.set(encoding, table);
  }
  const known = table;
  return (character) => known.get(character);
}

/** Every byte and pair of bytes, each on a line of its own, decoded at once (24,000 pairs, 5 ms). */
function invert(encoding: string): Map<string, readonly number[]> {
  const sequences: number[][] = [];
  for (let byte = 0x80; byte <= 0xff; byte++) sequences.push([byte]);
  if (/^(?:shift_jis|euc-|gb|big5)/.test(encoding)) {
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x40; trail <= 0xfe; trail++) sequences.push([lead, trail]);
    }
  }
  const bytes = new Uint8Array(sequences.flatMap((sequence) => [...sequence, 0x0a]));
  const lines = new TextDecoder(encoding).decode(bytes).split('\n');
  const table = new Map<string, readonly number[]>();
  sequences.forEach((sequence, at) => {
    const text = lines[at] ?? '';
    if ([...text].length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, sequence);
  });
  return table;
}
