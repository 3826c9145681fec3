/**
 * What a page or an image asks robots to do with it: the X-Robots-Tag header and
 * `<meta name=robots>`, which share one grammar (no RFC; as Google, Bing and Yandex document it,
 * `noai` and `noimageai` as DeviantArt introduced them).
 */

export interface RobotsDirectives {
  readonly noindex: boolean;
  readonly nofollow: boolean;
  /** The same as noindex and nofollow, which it sets. */
  readonly none: boolean;
  /** The images of the page are not to be indexed. */
  readonly noimageindex: boolean;
  readonly noarchive: boolean;
  readonly nosnippet: boolean;
  /** Not for training models. */
  readonly noai: boolean;
  /** The images are not for training models. */
  readonly noimageai: boolean;
}

const NAMES = [
  'noindex',
  'nofollow',
  'none',
  'noimageindex',
  'noarchive',
  'nosnippet',
  'noai',
  'noimageai',
] as const;

/** Directives with a value look like an agent's name before a colon. */
const WITH_VALUE = new Set([
  'unavailable_after',
  'max-snippet',
  'max-image-preview',
  'max-video-preview',
]);

/**
 * @param value one header value, or each header line by itself, in a list or on lines of their own:
 *   joined by commas they leave it open where an agent's part ends, so it then reaches up to the next
 *   agent's name
 * @param agent product token or whole User-Agent; `otherbot: noindex` is nothing to it
 */
export function parseRobotsDirectives(
  value: string | readonly string[],
  agent: string,
): RobotsDirectives {
  const token = /^[\w-]*/.exec(agent.trim())![0].toLowerCase();
  const found = new Set<string>();
  for (const line of typeof value === 'string' ? value.split('\n') : value) {
    let forUs = true;
    for (const part of line.toLowerCase().split(',')) {
      let directive = part.trim();
      const named = /^([\w*-]+)\s*:(.*)$/s.exec(directive);
      if (named !== null && !WITH_VALUE.has(named[1]!)) {
        forUs = named[1] === '*' || named[1] === token;
        directive = named[2]!.trim();
      }
      if (forUs) found.add(directive);
    }
  }
  if (found.has('none')) found.add('noindex').add('nofollow');
  return Object.fromEntries(NAMES.map((name) => [name, found.has(name)])) as Record<
    (typeof NAMES)[number],
    boolean
  >;
}
