/** Runs something under the eyes of those who are not there: log file, metrics, health check. */
import type { Options } from '../config/schema.ts';
import { TrawlError, toTrawlError } from '../errors.ts';
import type { Listener, Summary } from '../pipeline/events.ts';
import { VERSION } from '../version.ts';
import { Log } from './log.ts';
import { writeMetrics } from './metrics.ts';
import { Pinger } from './ping.ts';

export interface MonitorContext {
  /** Name in log and metrics. */
  readonly job: string;
  readonly sources: readonly string[];
  /** Aborted when the run is to end soon. */
  readonly signal: AbortSignal;
  /** Told when nobody could be told; that ends no run. */
  readonly onTrouble: (message: string) => void;
}

/** A run that is interrupted has 5 s in all to end. */
const HURRIED_PING_SECONDS = 1.5;

/**
 * `work` gives the exit code; `watch` is to see its events. Passes on what it throws. Throws TrawlError
 * `usage` when the log file cannot be opened.
 */
export async function monitored(
  options: Options,
  context: MonitorContext,
  work: (watch: Listener) => Promise<number>,
): Promise<number> {
  const { job, sources, signal, onTrouble } = context;
  const started = performance.now();
  using log = openLog(options, context);
  const { ping, proxy, ca, insecure } = options;
  const trouble = (message: string) => {
    log?.write('error', 'monitor', { message });
    onTrouble(message);
  };
  const pinger =
    ping === undefined ? undefined : new Pinger(ping, { proxy, ca, insecure, onFailure: trouble });
  let summary: Summary | undefined;

  log?.write('info', 'start', { version: VERSION, sources, out: options.out });
  void pinger?.send('start', undefined, signal);
  try {
    const code = await work((event) => {
      if (event.type === 'summary') summary = event.summary;
      log?.watch(event);
    });
    await end(code);
    return code;
  } catch (thrown) {
    const error = signal.aborted ? toTrawlError(signal.reason) : toTrawlError(thrown);
    await end(error.exitCode, error);
    throw thrown;
  }

  async function end(exitCode: number, error?: TrawlError): Promise<void> {
    const seconds = (performance.now() - started) / 1000;
    const why = error && { error: { code: error.code, message: error.message } };
    log?.write(error ? 'error' : 'info', 'end', { exitCode, ...why });
    if (options.metricsFile !== undefined) {
      try {
        writeMetrics(options.metricsFile, { job, exitCode, seconds, at: Date.now(), summary });
      } catch (cause) {
        trouble(`--metrics-file ${options.metricsFile} could not be written (${codeOf(cause)})`);
      }
    }
    const limit = signal.aborted ? HURRIED_PING_SECONDS : undefined;
    await pinger?.send(exitCode === 0 ? 'success' : 'fail', limit);
  }
}

function openLog({ logFile, logLevel }: Options, context: MonitorContext): Log | undefined {
  if (logFile === undefined) return undefined;
  const { job, onTrouble } = context;
  const onFailure = (error: Error) =>
    onTrouble(`--log-file ${logFile} cannot be written (${codeOf(error)})`);
  try {
    return new Log(logFile, { level: logLevel, job, onFailure });
  } catch (cause) {
    const text = `--log-file ${logFile} cannot be opened (${codeOf(cause)})`;
    throw new TrawlError('usage', text, { cause });
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
