/** Runs one job: the only place that knows every stage. */
export { download } from './download.ts';
export { EventStream, type Listener, type Summary, type TrawlEvent } from './events.ts';
export { type FindJob, findOnly } from './find-only.ts';
export type { RunVerdict } from './verdict.ts';
