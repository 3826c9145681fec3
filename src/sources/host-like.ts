/** Recognises addresses that are written without their scheme, as people do. */

import { isIP } from 'node:net';
import { parse } from 'tldts';
import { resolveAddress } from './address.ts';

/**
 * Top-level domains that are also file extensions. A bare `notes.md` or `photos.zip` is far more
 * often a mistyped file than a host; with a path or port behind it (`readme.md/x`) it is a host.
 */
const ALSO_EXTENSIONS = new Set([
  'md',
  'zip',
  'py',
  'sh',
  'pl',
  'rs',
  'ps',
  'ai',
  'mov',
  'cc',
  'so',
]);

/**
 * The address meant by `example.com/page`, or `undefined`. A host is `localhost`, an IP address or
 * a name under a public suffix, with an optional port. The scheme is https, except for localhost
 * and IP addresses, which rarely have a certificate: there it is http.
 */
export function hostAddress(arg: string): string | undefined {
  const parts = /^(\[[\da-f:.]+\]|[^\s/?#:@\\]+)(:\d{1,5})?([/?#].*)?$/is.exec(arg);
  if (parts === null) return undefined;
  const [, host = '', port = '', rest = ''] = parts;
  const local = host === 'localhost' || isIP(host.replace(/^\[|\]$/g, '')) !== 0;
  if (!local) {
    if (host.startsWith('.') || host.includes('..') || /[*{}!]/.test(host)) return undefined;
    const { isIcann, domain, publicSuffix } = parse(host);
    if (isIcann !== true || domain === null) return undefined;
    const bare = port === '' && !rest.startsWith('/');
    if (bare && ALSO_EXTENSIONS.has(publicSuffix ?? '')) return undefined;
  }
  return resolveAddress(`${local ? 'http' : 'https'}://${host}${port}${rest}`, undefined);
}
