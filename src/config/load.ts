/** From what the user wrote to what the program runs on. */
import { z } from 'zod';
import { TrawlError } from '../errors.ts';
import { flagName, OPTIONS, type OptionName, type Options } from './schema.ts';

/** What a flag, an environment variable or a config key gave, not yet checked. */
export type RawOptions = { readonly [K in OptionName]?: unknown };

const schema = z.object(
  Object.fromEntries(Object.entries(OPTIONS).map(([name, option]) => [name, option.schema])),
);

/**
 * Checks and fills in defaults. Throws TrawlError `usage` that names the flag, the rule and the
 * value given.
 */
export function resolveOptions(raw: RawOptions): Options {
  // Parsed once: code made for it would cost more than it saves.
  const result = schema.safeParse(raw, { jitless: true });
  if (result.success) return result.data as Options;
  const issue = result.error.issues[0];
  const name = String(issue?.path[0] ?? '') as OptionName;
  throw new TrawlError('usage', `--${flagName(name)}: ${explain(issue)}; got ${show(raw[name])}`);
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
