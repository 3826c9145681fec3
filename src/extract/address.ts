/** Addresses as browsers resolve them. */

/**
 * The absolute address of `raw` against `base`, without fragment; undefined when it names nothing
 * that can be fetched (empty, a fragment of the page itself, `blob:`, `javascript:`, …).
 */
export function resolveAddress(raw: string, base: string): string | undefined {
  const trimmed = raw.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const url = URL.parse(trimmed, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.hostname === '') return undefined;
  url.hash = '';
  return url.href;
}
