/** Addresses of images inside JSON that an attribute holds (gallery settings, component props). */

/** As written, with the key it stands under. */
export interface JsonString {
  readonly text: string;
  readonly key: string;
}

/** Values looked at in one attribute. */
const MAX_VALUES = 50_000;

/** Every string of the JSON in document order; undefined when the value is no JSON. */
export function readJsonStrings(value: string): JsonString[] | undefined {
  const first = value.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  let root: unknown;
  try {
    root = JSON.parse(value);
  } catch {
    return undefined;
  }
  const found: JsonString[] = [];
  const pending: [unknown, string][] = [[root, '']];
  let seen = 0;
  for (let at = pending.pop(); at !== undefined && seen < MAX_VALUES; at = pending.pop(), seen++) {
    const [item, key] = at;
    if (typeof item === 'string') {
      found.push({ text: item, key });
    } else if (Array.isArray(item)) {
      for (let index = item.length - 1; index >= 0; index--) pending.push([item[index], key]);
    } else if (typeof item === 'object' && item !== null) {
      for (const [name, child] of Object.entries(item).reverse()) {
        pending.push([child, name]);
      }
    }
  }
  return found;
}
