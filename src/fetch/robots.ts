/**
 * robots.txt as RFC 9309 defines it, with the two additions that most sites rely on: `Crawl-delay`
 * and `Sitemap`. Pure; the file comes from a stranger, so parsing is linear in its length and
 * matching is linear in path and pattern whatever they hold.
 */
import { matchesPattern, normalisePath, type PathPattern, parsePattern } from './robots-pattern.ts';

export interface RobotsCheck {
  readonly allowed: boolean;
  /** The line that decided, as written; absent when none matched. */
  readonly rule?: string;
  /** Milliseconds to leave between two requests. */
  readonly crawlDelayMs?: number;
}

export interface RobotsFile {
  /** Values of the `Sitemap:` lines in their order; not resolved, not checked. */
  readonly sitemaps: readonly string[];
  /**
   * @param path path and query of the address, as in the request line
   * @param agent product token (`imgtrawl`) or whole User-Agent (`imgtrawl/1.0 (+…)`)
   */
  check(path: string, agent: string): RobotsCheck;
}

interface Rule extends PathPattern {
  readonly allow: boolean;
  readonly line: string;
}

interface Group {
  readonly rules: Rule[];
  crawlDelayMs?: number;
}

/** A day: longer delays are mistakes or malice, and the caller skips at such waits anyway. */
const MAX_CRAWL_DELAY_MS = 86_400_000;

/** Mistakes that are common enough for Google's parser to know them. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  'user-agent': 'user-agent',
  useragent: 'user-agent',
  'user agent': 'user-agent',
  allow: 'allow',
  disallow: 'disallow',
  dissallow: 'disallow',
  disalow: 'disallow',
  'crawl-delay': 'crawl-delay',
  crawldelay: 'crawl-delay',
  sitemap: 'sitemap',
  'site-map': 'sitemap',
};

export function parseRobots(text: string): RobotsFile {
  const groups = new Map<string, Group>();
  const sitemaps: string[] = [];
  let open: Group[] = [];
  // A user-agent line after a rule starts a new group; after another user-agent line it joins it.
  let namesAgents = false;

  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const field = parseLine(line);
    if (field === undefined) continue;
    const { name, value } = field;
    if (name === 'user-agent') {
      if (!namesAgents) open = [];
      namesAgents = true;
      const group = groupOf(groups, productToken(value));
      if (group !== undefined && !open.includes(group)) open.push(group);
    } else if (name === 'sitemap') {
      if (value !== '') sitemaps.push(value);
    } else if (name === 'crawl-delay') {
      const delay = parseDelay(value);
      // Groups for one agent are merged, so the more careful of two delays holds.
      if (delay !== undefined) {
        for (const group of open) group.crawlDelayMs = Math.max(group.crawlDelayMs ?? 0, delay);
      }
    } else {
      namesAgents = false;
      const pattern = parsePattern(value);
      if (pattern === undefined) continue;
      const allow = name === 'allow';
      const rule = { ...pattern, allow, line: `${allow ? 'Allow' : 'Disallow'}: ${value}` };
      for (const group of open) group.rules.push(rule);
    }
  }
  // The longest pattern decides, and Allow among equals: sorted so, the first match is the answer.
  for (const { rules } of groups.values()) {
    rules.sort((a, b) => b.length - a.length || Number(b.allow) - Number(a.allow));
  }
  return { sitemaps, check: (path, agent) => check(groups, path, agent) };
}

function check(groups: ReadonlyMap<string, Group>, path: string, agent: string): RobotsCheck {
  const group = groups.get(productToken(agent)) ?? groups.get('*');
  if (group === undefined) return { allowed: true };
  const delay = group.crawlDelayMs === undefined ? {} : { crawlDelayMs: group.crawlDelayMs };
  const normal = normalisePath(path === '' ? '/' : path);
  // RFC 9309 2.2.2: the file itself is always allowed.
  if (normal === '/robots.txt') return { allowed: true, ...delay };
  for (const rule of group.rules) {
    if (matchesPattern(normal, rule)) return { allowed: rule.allow, rule: rule.line, ...delay };
  }
  return { allowed: true, ...delay };
}

function parseLine(line: string): { name: string; value: string } | undefined {
  const comment = line.indexOf('#');
  const bare = (comment === -1 ? line : line.slice(0, comment)).trim();
  const colon = bare.indexOf(':');
  // `Disallow /path` without its colon is understood as well.
  const end = colon === -1 ? bare.search(/[ \t]/) : colon;
  if (end === -1) return undefined;
  const key = bare.slice(0, end).trim().toLowerCase();
  const name = Object.hasOwn(FIELD_NAMES, key) ? FIELD_NAMES[key] : undefined;
  return name === undefined ? undefined : { name, value: bare.slice(end + 1).trim() };
}

function groupOf(groups: Map<string, Group>, agent: string): Group | undefined {
  if (agent === '') return undefined;
  let group = groups.get(agent);
  if (group === undefined) {
    group = { rules: [] };
    groups.set(agent, group);
  }
  return group;
}

/** The product token that RFC 9309 2.2.1 compares: `Foo-Bot/2.1 (x)` is `foo-bot`. */
function productToken(agent: string): string {
  const value = agent.trim();
  if (/^\*(\s|$)/.test(value)) return '*';
  return /^[a-z_-]*/i.exec(value)?.[0].toLowerCase() ?? '';
}

/** Seconds, decimals allowed. */
function parseDelay(value: string): number | undefined {
  if (!/^\d{1,9}(\.\d{1,9})?$|^\.\d{1,9}$/.test(value)) return undefined;
  return Math.min(Number(value) * 1000, MAX_CRAWL_DELAY_MS);
}
