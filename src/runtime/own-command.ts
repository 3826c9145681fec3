/** How this program is started again: for crontabs, and for workers in processes of their own. */
import { resolve } from 'node:path';
import process from 'node:process';

const sea = process.getBuiltinModule('node:sea');

/** Absolute paths; the arguments of the program come after it. */
export function ownCommand(): string[] {
  if (sea?.isSea()) return [process.execPath];
  const script = resolve(process.argv[1] ?? '');
  if ('deno' in process.versions) return [process.execPath, 'run', '-P', script];
  return [process.execPath, ...process.execArgv, script];
}
