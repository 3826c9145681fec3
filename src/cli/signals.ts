/** What Ctrl-C, `kill` and a terminal that goes away do to a run. */
import process from 'node:process';
import { TrawlError } from '../errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const EXIT_CODE = 130;
/** Cron's and systemd's masters wait before they kill; what is not done by then is left. The catalog is never far behind. */
const GRACE_MS = 4000;
/** npm and its like pass a Ctrl-C on to a program that the terminal has sent it to already. */
const SAME_PRESS_MS = 300;

/**
 * The first signal asks the run to end, which has a few seconds for it; a second Ctrl-C ends it at once.
 * What is returned aborts with a TrawlError `interrupted`.
 */
export function watchSignals(): AbortSignal {
  const controller = new AbortController();
  let since = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (name === 'SIGINT' && performance.now() - since > SAME_PRESS_MS) process.exit(EXIT_CODE);
      return;
    }
    since = performance.now();
    setTimeout(() => process.exit(EXIT_CODE), GRACE_MS).unref();
    controller.abort(new TrawlError('interrupted', 'Interrupted'));
  };
  for (const name of SIGNALS) process.on(name, stop);
  return controller.signal;
}
