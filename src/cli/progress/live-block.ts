/** Keeps a block of lines at the bottom of a terminal while other lines scroll by above it. */
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { stripVTControlCharacters } from 'node:util';
import { createLogUpdate } from 'log-update';
import stringWidth from 'string-width';

/** Calm for the eye, and cheap beside the work: ten times a second. */
const REDRAW_MS = 100;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** The terminal shows what is between these at once (DEC mode 2026); others ignore them. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

type Stream = NodeJS.WriteStream;

export class LiveBlock implements Disposable {
  readonly #screen: Stream;
  readonly #render: (columns: number) => string;
  readonly #timer: ReturnType<typeof setInterval>;
  /** What log-update wrote since the last time it went out. */
  #drawn = '';
  #block = '';
  /** Lines for above the block, in their order. */
  #lines: { readonly to: Stream; text: string }[] = [];
  #open = true;
  #held = 0;
  readonly #update;

  constructor(screen: Stream, render: (columns: number) => string) {
    this.#screen = screen;
    this.#render = render;
    const write = (text: string) => {
      this.#drawn += text;
      return true;
    };
    // Collected, so that lines and block reach the terminal in one piece.
    const collecting = {
      write,
      get columns() {
        return screen.columns ?? 80;
      },
      get rows() {
        return screen.rows ?? 24;
      },
    };
    // It would hide the cursor on standard error by itself; here that is part of the same piece.
    this.#update = createLogUpdate(collecting as unknown as Stream, { showCursor: true });
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref?.();
    screen.on('resize', this.#resized);
    process.on('exit', this.#exit);
    this.#write(HIDE_CURSOR);
    this.#draw();
  }

  /** A line for above the block; it shows with the next redraw. */
  print(to: Stream, text: string): void {
    if (this.#held > 0) {
      to.write(text);
      return;
    }
    const last = this.#lines.at(-1);
    if (last?.to === to) last.text += text;
    else this.#lines.push({ to, text });
  }

  /** Takes the block away until disposed: somebody asks a question. */
  hold(): Disposable {
    this.#held++;
    this.#clear();
    return {
      [Symbol.dispose]: () => {
        this.#held--;
        if (this.#open && this.#held === 0) this.#write(HIDE_CURSOR);
      },
    };
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    clearInterval(this.#timer);
    this.#screen.off('resize', this.#resized);
    process.off('exit', this.#exit);
    this.#clear();
  }

  #clear(): void {
    this.#update.clear();
    this.#block = '';
    this.#flushLines();
    this.#write(this.#drawn + SHOW_CURSOR);
    this.#drawn = '';
  }

  /** The event loop ends without a dispose, as after process.exit(). */
  readonly #exit = (): void => this[Symbol.dispose]();

  #draw(): void {
    if (this.#held > 0) return;
    // Node looks at the size when the signal comes, which may be after this; what is drawn for a width
    // that is gone leaves a rest.
    (this.#screen as { _refreshSize?: () => void })._refreshSize?.();
    const { columns = 80 } = this.#screen;
    if (this.#lines.length > 0) {
      this.#update.clear();
      this.#flushLines();
    }
    this.#block = this.#render(columns);
    this.#update(this.#block);
    if (this.#drawn !== '') this.#write(BEGIN + this.#drawn + END);
    this.#drawn = '';
  }

  /** Lines for the screen go out with the block; those for elsewhere at once, after what is before them. */
  #flushLines(): void {
    for (const { to, text } of this.#lines) {
      if (to === this.#screen || to.isTTY !== true) {
        if (to === this.#screen) this.#drawn += text;
        else to.write(text);
        continue;
      }
      this.#write(this.#drawn);
      this.#drawn = '';
      to.write(text);
    }
    this.#lines = [];
  }

  /**
   * A narrower terminal has broken the block's lines into more rows than log-update knows of, so the
   * block is taken away here. xterm cuts lines instead of breaking them.
   */
  readonly #resized = (): void => {
    if (this.#held > 0) return;
    const { columns = 80 } = this.#screen;
    const breaks = process.env.XTERM_VERSION === undefined || process.env.TMUX !== undefined;
    const rows = stripVTControlCharacters(this.#block)
      .split('\n')
      .map((line) => (breaks ? Math.max(1, Math.ceil(stringWidth(line) / columns)) : 1))
      .reduce((sum, count) => sum + count, 0);
    this.#write(`\u001b[${rows}A\r\u001b[J`);
    this.#update.done();
    this.#draw();
  };

  #write(text: string): void {
    if (text !== '' && !this.#screen.destroyed) this.#screen.write(text);
  }
}
