import { TrawlError } from '../errors.ts';
import { redactUrl } from './redact.ts';

export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Where a redirect leads. Throws `redirect-scheme` for anything but http(s), `bad-response` for a
 * missing or unreadable Location. Credentials in it are dropped: nobody but the server asked for them.
 */
export function redirectTarget(location: string | undefined, from: URL): URL {
  const here = redactUrl(from.href);
  if (!location) throw new TrawlError('bad-response', `${here} redirects without saying where to`);
  const url = URL.parse(utf8(location), from);
  if (!url) throw new TrawlError('bad-response', `${here} redirects to an address that is none`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TrawlError(
      'redirect-scheme',
      `${here} redirects to ${url.protocol.slice(0, 40)}, which is not http or https`,
    );
  }
  url.username = '';
  url.password = '';
  url.hash = '';
  return url;
}

/** Header bytes arrive as Latin-1; servers that send a bare Location outside ASCII mean UTF-8. */
function utf8(text: string): string {
  if (!/[\x80-\xff]/.test(text) || /[^\x00-\xff]/.test(text)) return text;
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
