/** What is left of a run that nobody watches: a log, metrics, a word to a health check. */
export { LOG_LEVELS, type LogLevel } from './levels.ts';
export { Log, type LogOptions } from './log.ts';
export { type RunEnd, writeMetrics } from './metrics.ts';
export { type MonitorContext, monitored } from './monitored.ts';
export { Pinger, type PingKind, type PingOptions, pingUrl } from './ping.ts';
export { RotatingFile, type RotatingFileOptions } from './rotating-file.ts';
