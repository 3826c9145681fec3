/** The JSON Schema of the config file, so that editors complete and check it. */
import * as z from 'zod';
import { flagName, optionEntries } from './schema.ts';
import type { Value } from './value.ts';

type Json = Record<string, unknown>;

/** One option as JSON Schema, with its description. */
export function optionSchema({ schema, fallback }: Value<unknown>, describe: string): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  // zod writes no default for what it transforms, such as sizes and times.
  const left = fallback === undefined || 'default' in json ? {} : { default: fallback };
  return { description: describe, ...left, ...(simplify(json) as Json) };
}

/** The bounds that zod writes for every safe integer help nobody. */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(
    ([key, bound]) => !/imum$/.test(key) || Math.abs(Number(bound)) < Number.MAX_SAFE_INTEGER,
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, simplify(inner)]));
}

/**
 * Whether a value of a config file is of a type that the option takes. The option's own check is made
 * for flags as well, which are text: it would take "4", true and [] for numbers.
 */
export function hasType(schema: Json, value: unknown): boolean {
  const { type, anyOf, items } = schema as { type?: string; anyOf?: Json[]; items?: Json };
  if (anyOf) return anyOf.some((one) => hasType(one, value));
  if (type === 'array')
    return Array.isArray(value) && value.every((one) => hasType(items ?? {}, one));
  if ('const' in schema) return value === schema.const;
  return type === undefined || typeof value === (type === 'integer' ? 'number' : type);
}

/** `"auto" or a whole number`. */
export function typesText({ type, anyOf, const: value }: Json): string {
  if (Array.isArray(anyOf)) return anyOf.map(typesText).join(' or ');
  if (value !== undefined) return JSON.stringify(value);
  return type === 'integer' ? 'a whole number' : `a ${type}`;
}

/** What may stand in place of a text that is not free: the environment's value is checked later. */
const FROM_ENVIRONMENT = { type: 'string', pattern: '\\$\\{[^}]*\\}' };

/** One option as it may stand in a file. */
function fileSchema(name: string, takes: Value<unknown>, describe: string): Json {
  const { description, default: fallback, ...json } = optionSchema(takes, describe);
  const about = { description, ...(fallback !== undefined && { default: fallback }) };
  const choices = (json.anyOf as Json[] | undefined) ?? [json];
  const isBound = ({ type, pattern, format, enum: values, const: value }: Json) =>
    (type === 'string' && (pattern ?? format) !== undefined) || (values ?? value) !== undefined;
  if (!choices.some(isBound)) return { title: name, ...about, ...json };
  return { title: name, ...about, anyOf: [...choices, FROM_ENVIRONMENT] };
}

export function configSchema(): Json {
  const definitions: Json = {};
  const options: Json = {};
  for (const [name, option] of optionEntries) {
    if (option.flagOnly || !option.on.includes('get')) continue;
    const key = flagName(name);
    definitions[key] = fileSchema(key, option.takes, `${option.describe}.`);
    options[key] = { $ref: `#/$defs/${key}` };
    // Accepted, and not what an editor should offer.
    if (key !== name) options[name] = { $ref: `#/$defs/${key}`, doNotSuggest: true };
  }
  const text = { type: 'string' };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'imgtrawl.json',
    description:
      'Jobs for imgtrawl run and imgtrawl schedule. Comments and trailing commas are allowed.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: text,
      defaults: {
        description: 'Options for every job.',
        type: 'object',
        additionalProperties: false,
        properties: options,
      },
      jobs: {
        description: 'Jobs by name.',
        type: 'object',
        propertyNames: { pattern: '^\\w[\\w.-]*$' },
        additionalProperties: {
          type: 'object',
          required: ['sources'],
          additionalProperties: false,
          properties: {
            sources: {
              description:
                'Pages, images, manifests, local files or globs; paths are relative to this file.',
              anyOf: [text, { type: 'array', minItems: 1, items: text }],
            },
            schedule: {
              description:
                'When to run it, in cron syntax: minute hour day month weekday, or @daily and its like.',
              type: 'string',
              pattern: '^\\s*(?:\\S+(?:\\s+\\S+){4}|@[A-Za-z]+)\\s*$',
            },
            ...options,
          },
        },
      },
    },
    $defs: definitions,
  };
}
