/** From the address of a resized copy to that of its original, by the rules of upgrade-rules.ts. */

import { UPGRADE_RULES } from './upgrade-rules.ts';

export interface Upgraded {
  readonly url: string;
  /** Name of the rule. */
  readonly rule: string;
}

/** A copy of a copy is rare; three are enough and end any loop between rules. */
const MAX_STEPS = 3;

/** Undefined when no rule knows a larger one. Never throws. */
export function upgradeAddress(address: string): Upgraded | undefined {
  let current = URL.parse(address);
  let found: Upgraded | undefined;
  for (let step = 0; step < MAX_STEPS && current !== null; step++) {
    const next = oneStep(current);
    if (next === undefined) break;
    found = { url: next.url.href, rule: found?.rule ?? next.rule };
    current = next.url;
  }
  return found;
}

function oneStep(url: URL): { url: URL; rule: string } | undefined {
  for (const rule of UPGRADE_RULES) {
    if (rule.hosts !== undefined && !rule.hosts.test(url.hostname)) continue;
    const upgraded = rule.original(url);
    if (upgraded === undefined) continue;
    const parsed = URL.parse(upgraded, url);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) continue;
    parsed.hash = '';
    if (parsed.href !== url.href) return { url: parsed, rule: rule.name };
  }
  return undefined;
}
