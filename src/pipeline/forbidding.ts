import { parseRobotsDirectives } from '../fetch/robots-tag.ts';

type Directive = keyof ReturnType<typeof parseRobotsDirectives>;

/** The first of the directives that one of the values (a robots meta or X-Robots-Tag) gives us. */
export function forbidding(
  directives: readonly Directive[],
  ...values: readonly (string | undefined)[]
): Directive | undefined {
  for (const value of values) {
    const given = parseRobotsDirectives(value ?? '', 'imgtrawl');
    const found = directives.find((directive) => given[directive]);
    if (found !== undefined) return found;
  }
  return undefined;
}
