/** The Referer header, as the W3C's Referrer Policy defines it. */

export type ReferrerPolicy =
  | 'no-referrer'
  | 'no-referrer-when-downgrade'
  | 'same-origin'
  | 'origin'
  | 'strict-origin'
  | 'origin-when-cross-origin'
  | 'strict-origin-when-cross-origin'
  | 'unsafe-url';

/** What browsers do when nobody asks for anything else. */
const DEFAULT_POLICY: ReferrerPolicy = 'strict-origin-when-cross-origin';

/** Beyond this length only the origin is sent (Referrer Policy 8.3, step 6). */
const MAX_LENGTH = 4096;

const POLICIES: ReadonlyMap<string, ReferrerPolicy> = new Map<string, ReferrerPolicy>([
  ...(
    [
      'no-referrer',
      'no-referrer-when-downgrade',
      'same-origin',
      'origin',
      'strict-origin',
      'origin-when-cross-origin',
      'strict-origin-when-cross-origin',
      'unsafe-url',
    ] as const
  ).map((policy) => [policy, policy] as const),
  // Names of an early draft that HTML still knows in <meta name=referrer>.
  ['never', 'no-referrer'],
  ['default', DEFAULT_POLICY],
  ['always', 'unsafe-url'],
  ['origin-when-crossorigin', 'origin-when-cross-origin'],
]);

/**
 * Value of a Referrer-Policy header or `<meta name=referrer>`: the last policy that is known, so
 * that pages can name newer ones after a fallback. Undefined when none is.
 */
export function parseReferrerPolicy(value: string): ReferrerPolicy | undefined {
  return value
    .toLowerCase()
    .split(',')
    .map((token) => POLICIES.get(token.trim()))
    .findLast((policy) => policy !== undefined);
}

/**
 * Value of Referer for a request that a page led to; undefined sends none. Never holds credentials
 * or a fragment.
 *
 * @param page address of the document that names the target; absent when the user named it
 * @param policy the page's own wish
 */
export function referrerFor(
  page: string | undefined,
  target: string,
  policy: ReferrerPolicy = DEFAULT_POLICY,
): string | undefined {
  if (page === undefined || !URL.canParse(page) || !URL.canParse(target)) return undefined;
  const from = new URL(page);
  const to = new URL(target);
  if (!/^https?:$/.test(from.protocol)) return undefined;
  const origin = `${from.origin}/`;
  const whole = wholeAddress(from);
  const sameOrigin = from.origin === to.origin;
  const downgrade = isTrustworthy(from) && !isTrustworthy(to);
  switch (policy) {
    case 'no-referrer':
      return undefined;
    case 'no-referrer-when-downgrade':
      return downgrade ? undefined : whole;
    case 'same-origin':
      return sameOrigin ? whole : undefined;
    case 'origin':
      return origin;
    case 'strict-origin':
      return downgrade ? undefined : origin;
    case 'origin-when-cross-origin':
      return sameOrigin ? whole : origin;
    case 'strict-origin-when-cross-origin':
      if (sameOrigin) return whole;
      return downgrade ? undefined : origin;
    case 'unsafe-url':
      return whole;
  }
}

function wholeAddress(page: URL): string {
  const whole = page.origin + page.pathname + page.search;
  return whole.length > MAX_LENGTH ? `${page.origin}/` : whole;
}

/** Secure Contexts 3.1: encrypted, or never leaving this machine. */
function isTrustworthy({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' ||
    /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost|.*\.localhost)\.?$/.test(hostname)
  );
}
