/** Turns what a manifest writes into the address to fetch. */

const FETCHABLE = /^(?:https?:\/\/|data:image\/)/i;

/**
 * Absolute and normalised, without fragment; `undefined` when it is no address that could hold an
 * image (another scheme, relative without a base). File addresses are refused on purpose: a
 * manifest from the network must not name files of this machine.
 */
export function resolveAddress(raw: string, base: string | undefined): string | undefined {
  const url = URL.parse(raw, base);
  if (url === null) return undefined;
  if (url.hash !== '') url.hash = '';
  const { href } = url;
  if (!FETCHABLE.test(href)) return undefined;
  // An address of only a fragment marker keeps an empty `#`, which `hash` does not show.
  return href.endsWith('#') ? href.slice(0, -1) : href;
}

/** Why `resolveAddress` refused, and what would help. */
export function refusal(raw: string, base: string | undefined): string {
  const shown = raw.length > 80 ? `${raw.slice(0, 80)}…` : raw;
  if (/^[a-z][a-z0-9+.-]*:/i.test(raw)) return `not an http(s) address: ${shown}`;
  if (base === undefined) {
    return `not an absolute address: ${shown} (give --base-url to resolve relative ones)`;
  }
  return `not an address: ${shown}`;
}
