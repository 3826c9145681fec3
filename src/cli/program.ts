/** The command line: which command runs with which options, and what an error becomes. */
import process from 'node:process';
import { environmentLayer, type Layer, resolveLayers } from '../config/layers.ts';
import { ERROR_CODES, TrawlError, toTrawlError } from '../errors.ts';
import { COMMANDS } from './commands/mod.ts';
import { Output, plain } from './output.ts';
import { type Parsed, parse } from './parse.ts';

/** Runs one command line. Never throws; the exit codes are those of the README. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  const stop = () => interrupt.abort(new TrawlError('interrupted', 'Interrupted'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const parsed = await parse([...argv], COMMANDS);
    if (parsed === undefined) return 0;
    const layers = await layersOf(parsed);
    const { options } = resolveLayers(layers);
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

async function layersOf({ entry, raw, flags }: Parsed): Promise<Layer[]> {
  const layers: Layer[] = [{ origin: 'flag', values: raw }];
  if (entry.options) layers.push(environmentLayer(process.env));
  void flags;
  return layers;
}

function reportFatal(error: unknown, json: boolean): number {
  const fatal = toTrawlError(error);
  const { code, message } = fatal;
  if (json)
    process.stdout.write(`${JSON.stringify({ type: 'error', error: { code, message } })}\n`);
  const advice = code === 'usage' ? '' : ` ${ERROR_CODES[code].advice}`;
  process.stderr.write(`imgtrawl: ${plain(message).replace(/\.?$/, '.')}${advice}\n`);
  if (process.env.IMGTRAWL_DEBUG && error instanceof Error)
    process.stderr.write(`${error.stack}\n`);
  return fatal.exitCode;
}
