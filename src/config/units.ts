/** Sizes and times as people write them, so that a flag and a config key read the same. */
import * as z from 'zod';

// Without flags, as they also stand in the JSON Schema, which has none.
const SIZE = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgtKMGT])([iI]?)[bB]?|[bB])?\s*$/;
const TIME = /^\s*(\d+(?:\.\d+)?)\s*([mM][sS]|[smhdSMHD])?\s*$/;
const SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `20MB` → 20,000,000; `20MiB` → 20,971,520; a bare number is bytes. Undefined when it is neither. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  const power = match[2] ? 'kmgt'.indexOf(match[2].toLowerCase()) + 1 : 0;
  return Math.round(Number(match[1]) * (match[3] ? 1024 : 1000) ** power);
}

/** `1m` → 60; a bare number is seconds. Undefined when it is neither. */
export function parseSeconds(text: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * (SECONDS[match[2]?.toLowerCase() ?? 's'] ?? 1);
}

const measure = (pattern: RegExp, parse: (text: string) => number | undefined, example: string) => {
  const error = `expected ${example}`;
  return z
    .union([z.number().nonnegative(), z.string().regex(pattern, { error })], { error })
    .transform((value) => (typeof value === 'number' ? value : (parse(value) as number)));
};

/** Bytes: a number, or text such as `500KB`, `20MB`, `1GiB`. */
export const size = () => measure(SIZE, parseSize, 'a size such as 500KB, 20MB or 1GiB');
/** Seconds: a number, or text such as `500ms`, `30s`, `5m`, `12h`, `7d`. */
export const seconds = () => measure(TIME, parseSeconds, 'a time such as 500ms, 30s, 5m or 12h');
/** An address of the web. */
export const webUrl = () =>
  z
    .url({ protocol: /^https?$/, error: 'expected an http or https address' })
    .regex(/^[hH][tT][tT][pP][sS]?:\/\/[^\s/?#]/);
/** A number above 0; flags arrive as text. */
export const positive = () => z.coerce.number().positive();
/** A whole number within these bounds. */
export const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  () =>
    z.coerce.number().int().min(least).max(most);
