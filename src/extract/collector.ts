/** Gathers what a document names into groups, one for each picture. */

import type { Candidate } from '../model.ts';
import { inlineImage, resolveAddress } from './address.ts';
import type { Settings } from './options.ts';

/**
 * What an address is to its picture, as far as the place tells:
 * - `full`: a larger copy, for opening (a link's target, a gallery's attribute);
 * - `set`: one of several sizes (srcset);
 * - `lazy`: what a script will show;
 * - `plain`: what is shown at first;
 * - `thumb`: a smaller copy.
 */
export type Role = 'full' | 'set' | 'lazy' | 'plain' | 'thumb';

export interface Finding {
  readonly role?: Role;
  readonly width?: number | undefined;
  readonly density?: number | undefined;
  readonly type?: string | undefined;
  /** Width of the window from which on (or, negative, up to which) it is shown, pixels. */
  readonly media?: number | undefined;
}

/** A candidate with what the choice needs. */
export interface Entry {
  readonly url: string;
  from: string;
  role: Role;
  width: number | undefined;
  density: number | undefined;
  type: string | undefined;
  media: number | undefined;
}

export class Group {
  /** Position in the document. */
  order: number;
  readonly entries = new Map<string, Entry>();
  alt: string | undefined;
  /** CSS width of the element, pixels; the unit of densities. */
  shownWidth: number | undefined;
  /** An attribute says that a script will bring the real picture. */
  lazy = false;

  constructor(order: number) {
    this.order = order;
  }

  /** Takes in all of another group. */
  absorb(other: Group): void {
    for (const entry of other.entries.values()) this.put(entry);
    other.entries.clear();
    this.order = Math.min(this.order, other.order);
    this.alt ??= other.alt;
    this.shownWidth ??= other.shownWidth;
    this.lazy ||= other.lazy;
  }

  put(entry: Entry): void {
    const known = this.entries.get(entry.url);
    if (known === undefined) {
      this.entries.set(entry.url, entry);
      return;
    }
    // One address named twice: what either place tells about it holds.
    if (ROLE_ORDER[entry.role] < ROLE_ORDER[known.role]) known.role = entry.role;
    known.width ??= entry.width;
    known.density ??= entry.density;
    known.type ??= entry.type;
    known.media ??= entry.media;
  }
}

const ROLE_ORDER: Readonly<Record<Role, number>> = { full: 0, set: 1, lazy: 2, plain: 3, thumb: 4 };

export class Collector {
  readonly groups: Group[] = [];
  /** What addresses are resolved against. */
  readonly base: string;
  private readonly settings: Settings;
  private readonly encodeQuery: ((raw: string) => string) | undefined;

  /** `encodeQuery`: see query-encoding.ts. */
  constructor(base: string, settings: Settings, encodeQuery?: (raw: string) => string) {
    this.base = base;
    this.settings = settings;
    this.encodeQuery = encodeQuery;
  }

  open(): Group {
    const group = new Group(this.groups.length);
    this.groups.push(group);
    return group;
  }

  /** Resolves and adds; true when it was an address that counts. */
  add(group: Group, raw: string, from: string, finding: Finding = {}): boolean {
    const url = this.resolve(raw);
    return url !== undefined && this.addUrl(group, url, from, finding);
  }

  addUrl(group: Group, url: string, from: string, finding: Finding = {}): boolean {
    if (!this.settings.wants(from) || !this.settings.accepts(url)) return false;
    const { role = 'plain', width, density, type, media } = finding;
    group.put({ url, from, role, width, density, type, media });
    return true;
  }

  /** Absolute address, or an inline image where those are wanted. */
  resolve(raw: string): string | undefined {
    const head = raw.charCodeAt(0);
    // Only "d", "D" or white space can begin one; saves a look at every address.
    const mayBeData = head === 0x64 || head === 0x44 || head <= 0x20;
    const inline = mayBeData ? inlineImage(raw) : undefined;
    if (inline !== undefined) return this.settings.dataUrls ? inline : undefined;
    if (isTemplate(raw)) return undefined;
    return resolveAddress(this.encodeQuery?.(raw) ?? raw, this.base);
  }
}

/** Text of an unfilled template (`{{ src }}`, `${src}`, `<%= src %>`) is no address. */
function isTemplate(raw: string): boolean {
  return raw.includes('{') ? /\{\{|\$\{/.test(raw) : raw.includes('<%');
}

export function toCandidate(entry: Entry): Candidate {
  return {
    url: entry.url,
    from: entry.from,
    ...(entry.width === undefined ? {} : { width: entry.width }),
    ...(entry.density === undefined ? {} : { density: entry.density }),
    ...(entry.type === undefined ? {} : { type: entry.type }),
  };
}
