/** The command line: which command runs with which options, and what an error becomes. */
import process from 'node:process';
import { environmentLayer, type Layer, resolveLayers } from '../config/layers.ts';
import { ERROR_CODES, TrawlError, toTrawlError } from '../errors.ts';
import { COMMANDS } from './commands/mod.ts';
import { Output, plain } from './output.ts';
import { overview } from './overview.ts';
import { type Parsed, parse } from './parse.ts';
import { configText } from './print-config.ts';

/** Runs one command line. Never throws; the exit codes are those of the README. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new TrawlError('interrupted', 'Interrupted'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
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
    const command = await parsed.entry.load();
    const { args, flags } = parsed;
    const code = await command({ args, flags, layers, options, output, signal: interrupt.signal });
    await output.flush();
    return code;
  } catch (error) {
    return reportFatal(
      interrupt.signal.aborted ? interrupt.signal.reason : error,
      argv.includes('--json'),
    );
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
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
  const { code, message } = fatal;
  if (json)
    process.stdout.write(`${JSON.stringify({ type: 'error', error: { code, message } })}\n`);
  const advice = code === 'usage' ? '' : ` ${ERROR_CODES[code].advice}`;
  process.stderr.write(`imgtrawl: ${plain(message).replace(/(?<![.?!])$/, '.')}${advice}\n`);
  if (process.env.IMGTRAWL_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return fatal.exitCode;
}
