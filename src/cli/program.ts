/** The command line: which command runs with which options, and what an error becomes. */
import process from 'node:process';
import { environmentLayer, type Layer, resolveLayers } from '../config/layers.ts';
import { ERROR_CODES, toTrawlError } from '../errors.ts';
import { redactText } from '../fetch/redact.ts';
import { COMMANDS } from './commands/mod.ts';
import { Output, plain } from './output.ts';
import { overview } from './overview.ts';
import { type Parsed, parse } from './parse.ts';
import { configText } from './print-config.ts';
import { watchSignals } from './signals.ts';
import { warnOf } from './warn.ts';

/** Runs one command line. Never throws; the exit codes are those of the README. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const lost = watchStreams();
  // Watched to the very end: what is left to close then may hang as well.
  const signal = watchSignals();
  try {
    if (argv.length === 0 || /^(?:-h|--help|help)$/.test(argv.join(' '))) {
      // Somebody who gives nothing wants to know how to begin; a script that does has a fault.
      (argv.length === 0 ? process.stderr : process.stdout).write(`${overview(COMMANDS)}\n`);
      return argv.length === 0 ? 2 : 0;
    }
    const parsed = await parse([...argv], COMMANDS);
    if (parsed === undefined) return 0;
    const layers = await layersOf(parsed);
    const { options } = resolveLayers(layers);
    if (parsed.flags['print-config'] === true && parsed.entry.name !== 'run') {
      process.stdout.write(configText(resolveLayers(layers), parsed.entry.options));
      return 0;
    }
    const output = new Output(options);
    // Of `run`, each job has its own.
    if (parsed.entry.name !== 'run') warnOf(options, output);
    const command = await parsed.entry.load();
    const { args, flags } = parsed;
    signal.addEventListener('abort', () => output.note('Ending; Ctrl-C again ends at once'));
    const code = await command({ args, flags, layers, options, output, signal });
    await output.flush();
    // Of `get` and `run` the images are the result, and what they print is for whoever looks on.
    const isResult = options.json || !['get', 'run'].includes(parsed.entry.name);
    if (lost() === undefined || lost() === 'EPIPE' || !isResult) return code;
    const text = `Standard output could not be written (${lost()})`;
    process.stderr.write(`imgtrawl: ${text}.\n`);
    return Math.max(code, 1);
  } catch (error) {
    return reportFatal(signal.aborted ? signal.reason : error, argv.includes('--json'));
  }
}

/** A closed pipe or a full disk behind a stream is no crash. Returns why standard output went away. */
function watchStreams(): () => string | undefined {
  let lost: string | undefined;
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    lost ??= code ?? 'unknown error';
  });
  process.stderr.on('error', () => {});
  return () => lost;
}

/** `run` adds its jobs' and the file's own layers itself. */
async function layersOf({ entry, raw, flags }: Parsed): Promise<Layer[]> {
  const layers: Layer[] = [{ origin: 'flag', values: raw }];
  if (entry.options === undefined) return layers;
  layers.push(environmentLayer(process.env));
  if (!['get', 'list', 'race'].includes(entry.name)) return layers;
  const { config } = flags;
  if (config === false) return layers;
  const { findConfig, readConfig } = await import('../config/file.ts');
  const file = findConfig(config as string | undefined, process.cwd());
  if (file !== undefined) layers.push({ origin: file, values: readConfig(file).defaults });
  return layers;
}

function reportFatal(error: unknown, json: boolean): number {
  const fatal = toTrawlError(error);
  const { code } = fatal;
  const message = redactText(fatal.message);
  if (json)
    process.stdout.write(`${JSON.stringify({ type: 'error', error: { code, message } })}\n`);
  const advice = code === 'usage' ? '' : ` ${ERROR_CODES[code].advice}`;
  process.stderr.write(`imgtrawl: ${plain(message).replace(/(?<![.?!])$/, '.')}${advice}\n`);
  if (process.env.IMGTRAWL_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return fatal.exitCode;
}
