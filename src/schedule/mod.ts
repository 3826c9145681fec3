/** Jobs by the clock: crontab lines and systemd units. */
export { nextRuns, parseCron } from './cron.ts';
export { crontabBlock, crontabLine, type Invocation, shellQuote, withBlock } from './crontab.ts';
export { asBytes, editCrontab } from './install.ts';
export { type Unit, units } from './systemd.ts';
