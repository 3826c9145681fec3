/** The log file: JSON lines, one for each thing that happened. */
import process from 'node:process';
import type { TrawlError } from '../errors.ts';
import type { Listener, TrawlEvent } from '../pipeline/events.ts';
import { LOG_LEVELS, type LogLevel } from './levels.ts';
import { redactLine } from './redact.ts';
import { RotatingFile, type RotatingFileOptions } from './rotating-file.ts';

export interface LogOptions extends RotatingFileOptions {
  /** What is less important is left out. Default `info`. */
  readonly level?: LogLevel;
  /** In every line. */
  readonly job?: string;
  /** Called once when a line could not be written: a log that cannot be kept ends no run. */
  readonly onFailure?: (error: Error) => void;
}

/** Lines wait so long at most, in ms, … */
const FLUSH_MS = 1000;
/** … and no more than so many bytes of them. */
const FLUSH_BYTES = 64 * 1024;

export class Log implements Disposable {
  readonly #file: RotatingFile;
  readonly #least: number;
  readonly #options: LogOptions;
  #waiting = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failed = false;
  // A second Ctrl-C ends the process at once, and nothing that happens later can be waited for.
  readonly #onExit = () => this.flush();

  /** Throws the file system's error when the file cannot be opened. */
  constructor(path: string, options: LogOptions = {}) {
    this.#options = options;
    this.#least = LOG_LEVELS.indexOf(options.level ?? 'info');
    this.#file = new RotatingFile(path, options);
    process.on('exit', this.#onExit);
  }

  write(level: LogLevel, event: string, fields: object): void {
    const importance = LOG_LEVELS.indexOf(level);
    if (importance > this.#least) return;
    const { job } = this.#options;
    const head = {
      time: new Date().toISOString(),
      level,
      event,
      ...(job !== undefined && { job }),
    };
    const line = { ...head, pid: process.pid, ...fields };
    this.#waiting += `${redactLine(JSON.stringify(line))}\n`;
    if (importance === 0 || this.#waiting.length >= FLUSH_BYTES) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes what happens in a run. */
  readonly watch: Listener = (event) => {
    const line = lineOf(event);
    if (line) this.write(...line);
  };

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting === '') return;
    const text = this.#waiting;
    this.#waiting = '';
    try {
      this.#file.append(text);
    } catch (error) {
      if (!this.#failed) this.#options.onFailure?.(error as Error);
      this.#failed = true;
    }
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#onExit);
    this.flush();
    this.#file[Symbol.dispose]();
  }
}

type Line = readonly [level: LogLevel, event: string, fields: object];

const reason = ({ code, message }: TrawlError) => ({ error: { code, message } });

function lineOf(event: TrawlEvent): Line | undefined {
  switch (event.type) {
    case 'source':
      return ['info', 'source', { source: event.source, images: event.images }];
    case 'source-failed':
      return ['error', 'source-failed', { source: event.source, ...reason(event.error) }];
    case 'problem': {
      const { source, line, message } = event;
      return ['warn', 'problem', { source, ...(line !== undefined && { line }), message }];
    }
    case 'image': {
      const { status } = event.record;
      const level = status === 'failed' ? 'warn' : status === 'saved' ? 'info' : 'debug';
      return [level, 'image', event.record];
    }
    case 'replaced':
      return ['info', 'replaced', event.record];
    case 'pruned':
      return ['info', 'pruned', { file: event.file }];
    case 'summary':
      return ['info', 'summary', event.summary];
    case 'fetch': {
      // What a waiting server costs is worth a look; the rest is for finding faults.
      const { type, ...fields } = event.event;
      const level = type === 'host-paused' ? 'info' : 'debug';
      return type === 'bytes' ? undefined : [level, `fetch-${type}`, fields];
    }
    case 'worker': {
      const { type, ...fields } = event.event;
      return [type === 'replaced' ? 'warn' : 'debug', `worker-${type}`, fields];
    }
    default:
      return undefined;
  }
}
