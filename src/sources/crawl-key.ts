/** When two addresses are the same page, and which addresses are no page or a trap. */

/** Query parameters that say where a visitor came from, not what is shown. */
const TRACKING = /^(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|_ga|yclid)$/i;

/**
 * The same for all spellings of one page: scheme, fragment, tracking parameters and the order of
 * the others, escapes of plain characters. For comparing only, never for fetching.
 */
export function pageKey(address: URL): string {
  const url = new URL(address);
  const kept = [...url.searchParams].filter(([name]) => !TRACKING.test(name));
  kept.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const query = kept.map(([name, value]) => `${name}=${value}`).join('&');
  const path = url.pathname.replace(/%[0-9a-f]{2}/gi, (encoded) => {
    const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[\w.~-]/.test(char) ? char : encoded.toUpperCase();
  });
  return `${url.host}${path}${query === '' ? '' : `?${query}`}`;
}

const NO_PAGE =
  /\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|heic|jxl|css|m?js|json|woff2?|ttf|otf|eot|mp[34]|m4[av]|webm|mov|avi|mkv|ogg|oga|ogv|wav|flac|pdf|docx?|xlsx?|pptx?|odt|epub|zip|gz|bz2|xz|zst|7z|rar|tar|tgz|exe|dmg|msi|iso|apk|deb|rpm|bin)$/i;

/** By its extension it is an image, an archive, a film: following it would only cost a request. */
export function isNoPage({ pathname }: URL): boolean {
  return NO_PAGE.test(pathname);
}

const MAX_LENGTH = 2000;
const MAX_REPEATS = 3;

/**
 * Relative links gone wrong grow without end (`/a/b/a/b/a/b`, or ever longer queries). Such an
 * address is never the only way to a page.
 */
export function isTrap({ href, pathname }: URL): boolean {
  if (href.length > MAX_LENGTH) return true;
  const counts = new Map<string, number>();
  for (const segment of pathname.split('/')) {
    if (segment === '') continue;
    const count = (counts.get(segment) ?? 0) + 1;
    if (count > MAX_REPEATS) return true;
    counts.set(segment, count);
  }
  return false;
}
