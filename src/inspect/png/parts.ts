/** What of a PNG its pixels depend on, out of a file whose chunks structure/ has found sound. */
import { fourcc, u32be } from '../structure/bytes.ts';
import { PALETTE, type PngHeader, RGB } from '../structure/png-layout.ts';

export interface PngParts {
  readonly header: PngHeader;
  /** RGB, three bytes an entry. */
  readonly palette: Uint8Array | undefined;
  /** The data of tRNS: alpha by palette entry, or the grey or RGB value that is transparent. */
  readonly transparency: Uint8Array | undefined;
  /** The zlib stream, chunk by chunk. */
  readonly data: readonly Uint8Array[];
}

const FIRST_CHUNK = 8;
const CHUNK_OVERHEAD = 12;

/**
 * Undefined when a chunk that decides about pixels comes twice, out of order or with a wrong length, or
 * one has a name that none may have.
 */
export function partsOf(bytes: Uint8Array<ArrayBuffer>): PngParts | undefined {
  const header = {
    width: u32be(bytes, 16),
    height: u32be(bytes, 20),
    depth: bytes[24]!,
    colorType: bytes[25]!,
    interlaced: bytes[28] === 1,
  };
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  const data: Uint8Array[] = [];
  for (let at = FIRST_CHUNK, end = 0; at < bytes.length; at = end) {
    const type = fourcc(bytes, at + 4);
    end = at + CHUNK_OVERHEAD + u32be(bytes, at);
    const body = bytes.subarray(at + 8, end - 4);
    if (type === 'IDAT') data.push(body);
    else if (data.length > 0) break;
    // Bit 5 of the third letter must not be set (5.3): libpng refuses the file.
    else if (bytes[at + 6]! & 0x20) return undefined;
    else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') {
      if (transparency || body.length !== transparencyLength(header, palette, body))
        return undefined;
      transparency = body;
    }
  }
  if (header.colorType === PALETTE && !palette) return undefined;
  return { header, palette, transparency, data };
}

/** How long tRNS must be; −1 where there may be none. */
function transparencyLength(
  { colorType }: PngHeader,
  palette: Uint8Array | undefined,
  { length }: Uint8Array,
): number {
  if (colorType === PALETTE) {
    return palette && length > 0 && length <= palette.length / 3 ? length : -1;
  }
  if (colorType > RGB) return -1;
  return colorType === RGB ? 6 : 2;
}
