/** JSON: arrays of addresses or records, anywhere inside objects. */

import { TrawlError } from '../../errors.ts';
import type { SourceBatches, SourceItem } from '../item.ts';
import { JsonElements, type JsonEvent, JsonTooDeep } from '../json-elements.ts';
import { type RecordContext, recordItems } from '../json-records.ts';
import type { ReaderContext } from '../reader.ts';

/** The events of a whole text, in batches. Throws `source-unreadable` when it is nested too deep. */
export async function* jsonEvents(
  text: AsyncIterable<string>,
  name: string,
  maxElement?: number,
): AsyncIterable<JsonEvent[]> {
  const elements = new JsonElements(maxElement === undefined ? {} : { maxElement });
  try {
    for await (const chunk of text) {
      const events = elements.push(chunk);
      if (events.length > 0) yield events;
    }
  } catch (error) {
    if (!(error instanceof JsonTooDeep)) throw error;
    throw new TrawlError('source-unreadable', `${name}: ${error.message}`, { cause: error });
  }
  yield elements.end();
}

export async function* readJson(
  text: AsyncIterable<string>,
  { name, base, options }: ReaderContext,
): SourceBatches {
  const walk = new Walk(base, options.urlKey);
  for await (const events of jsonEvents(text, name)) {
    const items = events.flatMap((event) => walk.items(event));
    if (items.length > 0) yield items;
  }
}

/** An envelope is a record itself only when nothing was found inside: `{"url": page, "images": […]}`. */
class Walk {
  readonly #base: string | undefined;
  readonly #urlKey: string | undefined;
  #found = 0;
  #elements = 0;
  /** `#found` at the start of each open envelope. */
  readonly #before: number[] = [];

  constructor(base: string | undefined, urlKey: string | undefined) {
    this.#base = base;
    this.#urlKey = urlKey;
  }

  items(event: JsonEvent): SourceItem[] {
    if (event.kind === 'problem') return [event];
    if (event.kind === 'open') {
      this.#before.push(this.#found);
      return [];
    }
    const context: RecordContext = { base: this.#base, urlKey: this.#urlKey, line: event.line };
    let items: SourceItem[] = [];
    if (event.kind === 'element') {
      this.#elements++;
      items = recordItems(event.value, event.path.at(-1), context);
    } else if (this.#before.pop() === this.#found) {
      items = recordItems({ ...event.members }, event.path.at(-1), context);
    }
    this.#found += items.length;
    if (items.length === 0 && event.path.length === 0 && this.#isRow(event)) {
      items = [noAddress(event.line, this.#urlKey)];
    }
    return items;
  }

  /** Only what stands at the root must hold an address; `tags: ["a", "b"]` need not. */
  #isRow(event: JsonEvent): boolean {
    if (event.kind === 'element') return true;
    if (event.kind !== 'close' || this.#found > 0) return false;
    return this.#elements > 0 || Object.keys(event.members).length > 0;
  }
}

export function noAddress(line: number, urlKey: string | undefined): SourceItem {
  const where = urlKey === undefined ? 'any of the usual keys' : `"${urlKey}"`;
  const message = `no address under ${where} (--url-key names the key that holds it)`;
  return { kind: 'problem', line, message };
}
