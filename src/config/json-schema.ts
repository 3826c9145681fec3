/** The JSON Schema of the config file, so that editors complete and check it. */
import { z } from 'zod';
import { flagName, optionEntries } from './schema.ts';

type Json = Record<string, unknown>;

/** One option as JSON Schema, with its description. */
export function optionSchema(schema: z.ZodType, describe: string): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { description: describe, ...(simplify(json) as Json) };
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

export function configSchema(): Json {
  const options: Json = {};
  for (const [name, option] of optionEntries) {
    if (option.flagOnly || !option.on.includes('get')) continue;
    options[flagName(name)] = optionSchema(option.schema, `${option.describe}.`);
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
              ...text,
            },
            ...options,
          },
        },
      },
    },
  };
}
