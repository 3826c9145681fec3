/** How this program is started again: for crontabs, and for workers in processes of their own. */
import { resolve } from 'node:path';
import process from 'node:process';

/** Whether this is the one file that the build makes of Node and the program. */
export function isExecutable(): boolean {
  return process.getBuiltinModule('node:sea')?.isSea() ?? false;
}

/** Absolute paths; the arguments of the program come after it. */
export function ownCommand(): string[] {
  if (isExecutable()) return [process.execPath];
  const script = resolve(process.argv[1] ?? '');
  if ('deno' in process.versions) return [process.execPath, 'run', '-P', script];
  return [process.execPath, ...process.execArgv, script];
}
