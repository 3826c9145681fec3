/** Whether a block that is redrawn does any good where the program runs. */
import { fstatSync } from 'node:fs';

type Env = Readonly<Record<string, string | undefined>>;

interface Screen {
  readonly env: Env;
  readonly stdout: { readonly isTTY?: boolean };
  readonly stderr: { readonly isTTY?: boolean; readonly columns?: number };
  /** Asked only when standard output is no terminal. */
  readonly piped: () => boolean;
  readonly json: boolean;
}

/** Below this nothing that helps fits into a line. */
const LEAST_COLUMNS = 20;

export function mayDraw({ env, stdout, stderr, piped, json }: Screen): boolean {
  if (!stderr.isTTY || (stderr.columns ?? 80) < LEAST_COLUMNS) return false;
  if (env.TERM === 'dumb' || isSet(env.CI)) return false;
  // On a terminal, JSON lines and the block would be mixed; through a pipe (`| tee log`, `| jq`) others
  // may write to the same terminal, and know nothing of the block.
  return stdout.isTTY ? !json : !piped();
}

/** https://no-color.org: present and not empty. */
export function wantsColor(env: Env): boolean {
  return !env.NO_COLOR;
}

export function pipeBehindStdout(): boolean {
  try {
    const stdout = fstatSync(1);
    return stdout.isFIFO() || stdout.isSocket();
  } catch {
    return false;
  }
}

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== 'false' && value !== '0';
