/** Cuts a stream of text into lines, whatever its chunks are, and never holds more than one line. */

/** Characters. A `data:` image of half a megabyte still fits; no address is longer. */
export const MAX_LINE = 1024 * 1024;

/** A line that exceeded the limit; the first characters of it, for the message. */
export class LongLine {
  readonly start: string;
  constructor(start: string) {
    this.start = start;
  }
}

export class LineSplitter {
  readonly #limit: number;
  #rest = '';
  /** The rest of the current line is thrown away up to its end. */
  #skipping = false;

  constructor(limit: number = MAX_LINE) {
    this.#limit = limit;
  }

  /** The lines that this chunk completes, without `\n` or `\r\n`. */
  push(chunk: string): (string | LongLine)[] {
    const end = chunk.lastIndexOf('\n');
    if (end === -1) {
      this.#keep(chunk);
      return [];
    }
    const first = chunk.indexOf('\n');
    this.#keep(chunk.slice(0, first));
    const lines: (string | LongLine)[] = [this.#take()];
    if (end > first) {
      for (const line of chunk.slice(first + 1, end).split('\n')) {
        lines.push(line.length > this.#limit ? new LongLine(line.slice(0, 80)) : chop(line));
      }
    }
    this.#keep(chunk.slice(end + 1));
    return lines;
  }

  /** The last line, when the stream does not end with a line end. */
  end(): (string | LongLine)[] {
    return this.#rest === '' && !this.#skipping ? [] : [this.#take()];
  }

  #keep(text: string): void {
    if (this.#skipping) return;
    this.#rest += text;
    if (this.#rest.length > this.#limit) {
      this.#skipping = true;
      this.#rest = this.#rest.slice(0, 80);
    }
  }

  #take(): string | LongLine {
    const line = this.#skipping ? new LongLine(this.#rest) : chop(this.#rest);
    this.#rest = '';
    this.#skipping = false;
    return line;
  }
}

function chop(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
