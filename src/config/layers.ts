/** Which value wins: flags, then the environment, then the job, then the file's defaults, then ours. */
import { TrawlError } from '../errors.ts';
import { explain, type RawOptions, resolveOptions } from './load.ts';
import { flagName, OPTIONS, type OptionName, type Options, optionEntries } from './schema.ts';

/** Values of one origin, the most important layer first in a list of them. */
export interface Layer {
  /** `flag`, `environment`, `job nightly`, `defaults`. */
  readonly origin: string;
  readonly values: RawOptions;
}

export interface Layered {
  readonly options: Options;
  /** What was given anywhere, by who won. */
  readonly raw: RawOptions;
  readonly origins: { readonly [K in OptionName]: string };
}

export function resolveLayers(layers: readonly Layer[]): Layered {
  const raw: Partial<Record<OptionName, unknown>> = {};
  const origins = {} as Record<OptionName, string>;
  for (const [name] of optionEntries) {
    const layer = layers.find(({ values }) => values[name] !== undefined);
    origins[name] = layer?.origin ?? 'built-in';
    if (layer) raw[name] = layer.values[name];
  }
  return { options: resolveOptions(raw), raw, origins };
}

/** `maxBytes` → `IMGTRAWL_MAX_BYTES`. */
export const variableName = (name: string): string =>
  `IMGTRAWL_${flagName(name).replaceAll('-', '_').toUpperCase()}`;

/**
 * Options among the environment's variables; a list is separated by white space. Throws TrawlError
 * `usage` that names the variable.
 */
export function environmentLayer(env: Record<string, string | undefined>): Layer {
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const [name, option] of optionEntries) {
    const text = option.flagOnly ? undefined : env[variableName(name)];
    if (text === undefined || text === '') continue;
    const value = fromText(name, text);
    const parsed = OPTIONS[name].takes.schema.safeParse(value);
    if (!parsed.success) {
      const rule = explain(parsed.error.issues[0]);
      throw new TrawlError('usage', `${variableName(name)}: ${rule}; got ${JSON.stringify(text)}`);
    }
    values[name] = value;
  }
  return { origin: 'environment', values };
}

function fromText(name: OptionName, text: string): unknown {
  const { fallback } = OPTIONS[name].takes;
  if (typeof fallback === 'boolean') {
    if (/^(?:1|true|yes|on)$/i.test(text)) return true;
    if (/^(?:0|false|no|off)$/i.test(text)) return false;
    throw new TrawlError(
      'usage',
      `${variableName(name)}: expected true or false; got ${JSON.stringify(text)}`,
    );
  }
  return Array.isArray(fallback) ? text.split(/\s+/).filter(Boolean) : text;
}
