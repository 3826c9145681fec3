/** Path patterns of robots.txt (RFC 9309 2.2.2 and 2.2.3): `*` is any run of octets, a last `$` the end. */

export interface PathPattern {
  /** What stands between the wildcards; the first is a prefix of the path. */
  readonly parts: readonly string[];
  /** The last part must end the path. */
  readonly anchored: boolean;
  /** Octets of the pattern: the most specific rule is the longest. */
  readonly length: number;
}

/** Undefined for an empty pattern, which forbids nothing, and for one that can match no path. */
export function parsePattern(value: string): PathPattern | undefined {
  if (!value.startsWith('/') && !value.startsWith('*')) return undefined;
  const anchored = value.endsWith('$');
  const body = anchored ? value.slice(0, -1) : value;
  const parts = body.split(/\*+/).map(normalisePath);
  const octets = parts.reduce((sum, part) => sum + part.length, parts.length - 1);
  return { parts, anchored, length: octets + (anchored ? 1 : 0) };
}

/**
 * Takes the parts from left to right, each at its first possible place. The first place is never
 * worse than a later one, so nothing is tried twice.
 *
 * @param path as `normalisePath` gives it
 */
export function matchesPattern(path: string, { parts, anchored }: PathPattern): boolean {
  const first = parts[0]!;
  if (!path.startsWith(first)) return false;
  if (parts.length === 1) return !anchored || path.length === first.length;
  let at = first.length;
  const last = parts.length - 1;
  for (let i = 1; i < (anchored ? last : parts.length); i++) {
    const found = find(path, parts[i]!, at);
    if (found === -1) return false;
    at = found + parts[i]!.length;
  }
  return !anchored || (path.length - parts[last]!.length >= at && path.endsWith(parts[last]!));
}

/**
 * Spells a path the one way in which two equal paths are equal strings: unreserved characters plain,
 * everything else that is not allowed in an address percent-encoded, hex digits in upper case.
 * A literal `*` or `$` is encoded, because in a pattern `%2A` and `%24` stand for them.
 */
export function normalisePath(path: string): string {
  return path.replace(/%[0-9a-f]{2}|[^!%&-)+-;=?-[\]_a-z~]+/gi, (part) =>
    part.startsWith('%') ? normaliseEscape(part) : encodeOctets(part),
  );
}

function normaliseEscape(triplet: string): string {
  const octet = Number.parseInt(triplet.slice(1), 16);
  // The apostrophe counts as unreserved: URL parsers encode it in queries only.
  const char = String.fromCharCode(octet);
  return /[A-Za-z0-9._~'-]/.test(char) ? char : triplet.toUpperCase();
}

function encodeOctets(text: string): string {
  let encoded = '';
  for (const octet of new TextEncoder().encode(text)) {
    encoded += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** Up to here the native search, quadratic at worst, is bounded by this factor and much faster. */
const SHORT = 32;

/** `indexOf` in linear time: Knuth, Morris and Pratt 1977 for needles that a stranger chose long. */
function find(text: string, needle: string, from: number): number {
  if (needle.length <= SHORT) return text.indexOf(needle, from);
  if (text.length - from < needle.length) return -1;
  const borders = new Uint32Array(needle.length);
  for (let i = 1, k = 0; i < needle.length; i++) {
    while (k > 0 && needle[i] !== needle[k]) k = borders[k - 1]!;
    if (needle[i] === needle[k]) k++;
    borders[i] = k;
  }
  for (let i = from, k = 0; i < text.length; i++) {
    while (k > 0 && text[i] !== needle[k]) k = borders[k - 1]!;
    if (text[i] === needle[k]) k++;
    if (k === needle.length) return i - k + 1;
  }
  return -1;
}
