/** From what the user wrote to what the program runs on. */
import type * as z from 'zod';
import { TrawlError } from '../errors.ts';
import { flagName, type OptionName, type Options, optionEntries } from './schema.ts';

/** What a flag, an environment variable or a config key gave, not yet checked. */
export type RawOptions = { readonly [K in OptionName]?: unknown };

/**
 * Checks and fills in defaults. Throws TrawlError `usage` that names the flag, the rule and the
 * value given.
 */
export function resolveOptions(raw: RawOptions): Options {
  const options: Partial<Record<OptionName, unknown>> = {};
  for (const [name, { takes }] of optionEntries) {
    const value = raw[name];
    options[name] = value === undefined ? takes.fallback : checked(name, takes.schema, value);
  }
  return options as Options;
}

function checked(name: OptionName, schema: z.ZodType, value: unknown): unknown {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const rule = explain(error.issues[0]);
  throw new TrawlError('usage', `--${flagName(name)}: ${rule}; got ${show(value)}`);
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

/** The rule that was broken, in a few words. */
export function explain(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'not acceptable';
  // With a message of its own, the option knows better.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    const rules = issue.errors.flat().map((inner) => lower(inner.message));
    return [...new Set(rules)].join(', or ');
  }
  return lower(issue.message).replace(/; got .*$|, got .*$/, '');
}

const lower = (text: string): string =>
  text
    .replace(/^Invalid (?:input|option): /, '')
    .replace(/, received \S+$/, '')
    .replace(/^Too small: expected number to be /, 'must be ')
    .replace(/^Too big: expected number to be /, 'must be ')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
