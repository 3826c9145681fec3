/** Jobs by the clock: crontab lines and systemd units. */
export { nextRuns, parseCron } from './cron.ts';
export { crontabBlock, crontabLine, type Invocation, shellQuote, withBlock } from './crontab.ts';
export { readCrontab, writeCrontab } from './install.ts';
export { type Unit, units } from './systemd.ts';
