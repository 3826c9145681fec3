/**
 * The two streams of the program. Text from the network is stripped of control sequences before
 * it reaches a terminal, and all text of passwords in addresses; a closed pipe or a full disk behind
 * standard output never crashes a run.
 */
import process from 'node:process';
import { redactText } from '../fetch/redact.ts';

/** Removes C0, C1, escape sequences, bidirectional overrides and line breaks. */
export function plain(text: string): string {
  return text
    .replace(
      /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g,
      '',
    )
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
      ' ',
    );
}

/** Something on the screen that lines must not run into; see progress/live-block.ts. */
export interface Above {
  print(to: NodeJS.WriteStream, text: string): void;
  hold(): Disposable;
}

export class Output {
  #above: Above | undefined;
  /** Set when standard output went away (`| head`); the run goes on, silently. */
  #closed = false;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;

  constructor(options: { json: boolean; quiet: boolean; verbose: boolean }) {
    this.json = options.json;
    this.quiet = options.quiet;
    this.verbose = options.verbose;
    for (const stream of [process.stdout, process.stderr]) {
      stream.on('error', () => {
        if (stream === process.stdout) this.#closed = true;
      });
    }
  }

  /** Standard output went away, so nobody reads the results any more. */
  get closed(): boolean {
    return this.#closed;
  }

  /** From now on lines go above this; undefined: straight out. */
  attach(above: Above | undefined): void {
    this.#above = above;
  }

  /** The screen belongs to who calls, until disposed. */
  hold(): Disposable {
    return this.#above?.hold() ?? { [Symbol.dispose]() {} };
  }

  /** A line of JSON on standard output. */
  record(value: object): void {
    if (!this.#closed) this.#write(process.stdout, JSON.stringify(value));
  }

  /** A result for people: standard output, or standard error beside `--json`. */
  line(text: string): void {
    if (this.quiet) return;
    if (this.json) this.#say(process.stderr, text);
    else if (!this.#closed) this.#say(process.stdout, text);
  }

  /** Beside the results, for people: standard error, silent with `-q`. */
  note(text: string): void {
    if (!this.quiet) this.#say(process.stderr, text);
  }

  /** A failure: printed even with `-q`, on standard error. */
  failure(text: string): void {
    this.#say(process.stderr, text);
  }

  /** Only with `-v`, on standard error. */
  detail(text: string): void {
    if (this.verbose) this.#say(process.stderr, text);
  }

  /** Resolves when what was written has left the process. */
  async flush(): Promise<void> {
    for (const stream of [process.stdout, process.stderr]) {
      if (stream.writableNeedDrain && !stream.destroyed) {
        await new Promise<void>((resolve) => {
          stream.once('drain', resolve);
          stream.once('error', () => resolve());
          stream.once('close', () => resolve());
        });
      }
    }
  }

  /** For people. */
  #say(to: NodeJS.WriteStream, text: string): void {
    this.#write(to, plain(redactText(text)));
  }

  #write(to: NodeJS.WriteStream, line: string): void {
    const text = `${line}\n`;
    try {
      if (this.#above) this.#above.print(to, text);
      else to.write(text);
    } catch {
      // Deno throws where Node emits an event.
      if (to === process.stdout) this.#closed = true;
    }
  }
}
