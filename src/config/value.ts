/** What an option takes. */
import * as z from 'zod';

/**
 * Enough to read a command line by. The schema is made when a value has to be checked: those of all options
 * together take longer than all else that happens before the first request.
 */
export class Value<Out> {
  /** How a flag gives it. */
  readonly kind: 'boolean' | 'list' | 'value';
  /** What it is when nobody gives one. */
  readonly fallback: Out;
  /** All that it may be. */
  readonly choices: readonly string[] | undefined;
  readonly #make: () => z.ZodType;
  #schema: z.ZodType<Out> | undefined;

  constructor(
    about: Pick<Value<Out>, 'kind' | 'fallback'> & { readonly choices?: readonly string[] },
    make: () => z.ZodType,
  ) {
    this.kind = about.kind;
    this.fallback = about.fallback;
    this.choices = about.choices;
    this.#make = make;
  }

  /** Of what is given, or of nothing. */
  get schema(): z.ZodType<Out> {
    this.#schema ??= this.#whole() as z.ZodType<Out>;
    return this.#schema;
  }

  #whole(): z.ZodType {
    const schema = this.#make();
    return this.fallback === undefined ? schema.optional() : schema.default(this.fallback);
  }
}

export const bool = (fallback: boolean): Value<boolean> =>
  new Value({ kind: 'boolean', fallback }, () => z.boolean());

/** A list that a flag may also give as one value. */
export const list = (): Value<readonly string[]> =>
  new Value({ kind: 'list', fallback: [] }, () =>
    z
      .union([z.string(), z.array(z.string())])
      .transform((value) => (typeof value === 'string' ? [value] : value)),
  );

export const oneOf = <const Choice extends string>(
  choices: readonly Choice[],
  fallback: NoInfer<Choice>,
): Value<Choice> => new Value({ kind: 'value', choices, fallback }, () => z.enum(choices));

export const withDefault = <Out>(make: () => z.ZodType<Out>, fallback: NoInfer<Out>): Value<Out> =>
  new Value({ kind: 'value', fallback }, make);

export const optional = <Out>(make: () => z.ZodType<Out>): Value<Out | undefined> =>
  new Value<Out | undefined>({ kind: 'value', fallback: undefined }, make);
