/** How much a document grows by the entities of its own DTD (XML 1.0, 4.2), told without expanding them. */

/** Characters; what editors declare (names of namespaces, a colour) adds some thousands. */
const MAX_GROWTH = 1_000_000;
/** Entities within entities. Parsers allow 10 to 40. */
const MAX_DEPTH = 40;

const DECLARATION = /<!ENTITY\s+([^\s"'%&;<>]{1,200})\s+(?:"([^"]*)"|'([^']*)')/g;
const REFERENCE = /&([^\s&;<#]{1,200});/g;

export class Entities {
  readonly #values = new Map<string, string>();
  readonly #lengths = new Map<string, number>();
  #growth = 0;

  /** The references so far make the document too long. */
  get tooLong(): boolean {
    return this.#growth > MAX_GROWTH;
  }

  /** @param doctype the whole declaration with its internal subset */
  constructor(doctype: string) {
    for (const [, name, double, single] of doctype.matchAll(DECLARATION)) {
      // The first declaration of a name counts.
      if (!this.#values.has(name!)) this.#values.set(name!, double ?? single ?? '');
    }
  }

  /** Notes a reference. */
  use(name: string): void {
    this.#growth += this.#lengthOf(name, 0);
  }

  /** Characters of an entity with those within it; endless where it contains itself. */
  #lengthOf(name: string, depth: number): number {
    const known = this.#lengths.get(name);
    if (known !== undefined) return known;
    const value = this.#values.get(name);
    if (value === undefined) return 0;
    let length = value.length;
    // Until the answer is known: who asks for it meanwhile is part of a circle.
    this.#lengths.set(name, Number.POSITIVE_INFINITY);
    for (const [, inner] of value.matchAll(REFERENCE)) {
      length += depth < MAX_DEPTH ? this.#lengthOf(inner!, depth + 1) : Number.POSITIVE_INFINITY;
    }
    this.#lengths.set(name, length);
    return length;
  }
}
