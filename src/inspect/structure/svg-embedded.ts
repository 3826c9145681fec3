/** Pictures that stand in an SVG as `data:` addresses (RFC 2397). */

/**
 * Characters of a raster picture that are decoded: its size stands within the first, behind profiles and
 * thumbnails at most. Drawings are needed whole.
 */
const START = 1 << 18;

/** The bytes of the picture, or of its start; undefined for other addresses and broken ones. */
export function embeddedBytes(address: string): Uint8Array | undefined {
  const head = /^\s*data:([^,]{0,500}),/i.exec(address.slice(0, 600));
  if (!head) return undefined;
  const drawing = /^image\/svg\+xml/i.test(head[1]!);
  const from = head[0].length;
  const data = drawing ? address.slice(from) : address.slice(from, from + START);
  try {
    if (!/;\s*base64\s*$/i.test(head[1]!))
      return new TextEncoder().encode(decodeURIComponent(data));
    const plain = data.includes('%') ? decodeURIComponent(data) : data;
    return Uint8Array.fromBase64(plain, { lastChunkHandling: 'stop-before-partial' });
  } catch {
    // Decoders leave it out, too.
    return undefined;
  }
}
