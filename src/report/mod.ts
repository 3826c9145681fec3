/**
 * What a run leaves for people to look at: `writeReport` makes one HTML page of a folder, and
 * `traceListener` draws a run's events into a `TraceFile` for Perfetto.
 */
export { type CollectOptions, collect } from './collect.ts';
export type { Copy, DuplicateGroup, ReportData } from './data.ts';
export { checkPagePath, type FileGroupsOptions, writeFileGroups } from './file-groups.ts';
export { type Html, html } from './html.ts';
export { page, reportHtml } from './page.ts';
export { duplicatesSection } from './sections/duplicates.ts';
export { traceListener } from './trace.ts';
export { type TraceEvent, TraceFile } from './trace-file.ts';
export { writeReport } from './write.ts';
