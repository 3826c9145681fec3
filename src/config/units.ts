/** Sizes and times as people write them, so that a flag and a config key read the same. */
import { z } from 'zod';

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)?$/i;
const TIME = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/i;
const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `20MB` → 20,000,000; `20MiB` → 20,971,520; a bare number is bytes. Undefined when it is neither. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (!match) return undefined;
  const power = match[2] ? 'kmgt'.indexOf(match[2].toLowerCase()) + 1 : 0;
  return Math.round(Number(match[1]) * (match[3] ? 1024 : 1000) ** power);
}

/** `1m` → 60; a bare number is seconds. Undefined when it is neither. */
export function parseSeconds(text: string): number | undefined {
  const match = TIME.exec(text.trim());
  if (!match) return undefined;
  return Number(match[1]) * (SECONDS[match[2]?.toLowerCase() ?? 's'] ?? 1);
}

const parsed = (parse: (text: string) => number | undefined, rule: string) =>
  z.union([z.number().nonnegative(), z.string()]).transform((value, context) => {
    const number = typeof value === 'number' ? value : parse(value);
    if (number !== undefined) return number;
    context.addIssue({ code: 'custom', message: `expected ${rule}, got ${JSON.stringify(value)}` });
    return z.NEVER;
  });

/** Bytes: a number, or text such as `500KB`, `20MB`, `1GiB`. */
export const size = () => parsed(parseSize, 'a size such as 500KB, 20MB or 1GiB');
/** Seconds: a number, or text such as `500ms`, `30s`, `5m`, `12h`, `7d`. */
export const seconds = () => parsed(parseSeconds, 'a time such as 500ms, 30s, 5m or 12h');
/** A whole number of at least `least`; flags arrive as text. */
export const whole = (least: number) => z.coerce.number().int().min(least);
