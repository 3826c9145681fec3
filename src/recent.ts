/** Answers that are kept in each of the two halves. */
const HALF = 512;
/** No more than a few megabytes, however long a hostile page makes its addresses. */
const MOST_LETTERS = 1024;

/**
 * Remembers the answers of a function that always answers the same: about the last thousand of them, those of
 * short texts. Older answers go by the half, as a `Map` that loses one entry at a time passes over all that it lost.
 */
export class Recent<T> {
  readonly #answer: (text: string) => T;
  #young = new Map<string, T>();
  #old = new Map<string, T>();

  constructor(answer: (text: string) => T) {
    this.#answer = answer;
  }

  get(text: string): T {
    if (this.#young.has(text)) return this.#young.get(text) as T;
    const answer = this.#old.has(text) ? (this.#old.get(text) as T) : this.#answer(text);
    if (text.length > MOST_LETTERS) return answer;
    if (this.#young.size >= HALF) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(text, answer);
    return answer;
  }
}
