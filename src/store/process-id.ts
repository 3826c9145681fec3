/** Who a process is, so that another can tell whether it still lives. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

export interface ProcessIdentity {
  readonly pid: number;
  /** Name of the machine; with the pid namespace, as containers may share a name but not their pids. */
  readonly host: string;
  /** Changes when the machine starts anew; empty where it cannot be told. */
  readonly boot: string;
  /** When the process began, in a unit of the system's own; empty where it cannot be told. */
  readonly began: string;
}

export function thisProcess(): ProcessIdentity {
  const { pid } = process;
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '';
  return {
    pid,
    host: `${hostname()}${namespace && ` ${namespace}`}`,
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? '',
    began: startOf(pid) ?? '',
  };
}

/**
 * - `dead`: ended, or the machine has started anew;
 * - `alive`: it runs;
 * - `unknown`: on another machine, or its number may have gone to another process.
 */
export function lifeOf(
  other: ProcessIdentity,
  self: ProcessIdentity,
): 'dead' | 'alive' | 'unknown' {
  if (other.host !== self.host) return 'unknown';
  if (other.boot !== '' && self.boot !== '' && other.boot !== self.boot) return 'dead';
  if (!exists(other.pid)) return 'dead';
  if (other.began === '') return 'unknown';
  const began = startOf(other.pid);
  if (began === undefined) return 'unknown';
  return began === other.began ? 'alive' : 'dead';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Field 22 of /proc/PID/stat: clock ticks from boot to the start (proc(5)). A zombie has ended. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in brackets, which may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? 'ended' : fields?.[19];
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
