/** What people and programs see of a run, from its events. */
import { ERROR_CODES } from '../errors.ts';
import type { Listener, TrawlEvent } from '../pipeline/events.ts';
import type { Output } from './output.ts';
import { recordText, summaryText } from './text.ts';
import { verdictText } from './verdict-text.ts';

/** Failures of sources, for every command that reads them. */
export function watchSources(output: Output): Listener {
  return (event) => {
    if (event.type === 'source-failed') {
      const { code, message } = event.error;
      const what = message.includes(event.source) ? message : `${event.source}: ${message}`;
      output.failure(`${what} [${code}]. ${ERROR_CODES[code].advice}`);
    } else if (event.type === 'problem') {
      const line = event.line === undefined ? '' : `, line ${event.line}`;
      output.failure(`${event.source}${line}: ${event.message}`);
    } else if (event.type === 'source') {
      output.detail(`${event.source}: ${event.images} images`);
    }
  };
}

/** For what keeps nobody from going on, and somebody should know. */
export const trouble =
  (output: Output) =>
  (message: string): void =>
    output.failure(`imgtrawl: ${message}`);

/** `get` with `--json`: a line an image, the summary last; each with its job under `run`. */
export function jsonLines(output: Output, job?: string): Listener {
  const of = job === undefined ? {} : { job };
  return (event) => {
    if (event.type === 'image') output.record({ type: 'image', ...of, ...event.record });
    else if (event.type === 'replaced') output.record({ type: 'replaced', ...of, ...event.record });
    else if (event.type === 'pruned') output.record({ type: 'pruned', ...of, file: event.file });
    else if (event.type === 'summary') output.record({ type: 'summary', ...of, ...event.summary });
  };
}

/** `get` for people: a line an image, then the counts and the time. */
export function textLines(output: Output): Listener {
  return (event: TrawlEvent) => {
    if (event.type === 'image') {
      const text = recordText(event.record);
      if (event.record.status === 'failed') output.failure(text);
      else output.line(text);
    } else if (event.type === 'pruned') {
      output.line(`${event.file} was removed: nothing names it any more`);
    } else if (event.type === 'replaced') {
      output.line(`${event.record.url} gave way to ${event.record.duplicateOf}`);
    } else if (event.type === 'summary') {
      output.line(summaryText(event.summary));
      output.line(`Finished in ${event.summary.seconds.toFixed(2)} second(s)`);
      const { verdict, images } = event.summary;
      if (verdict && images > 0) output.line(verdictText(verdict));
    } else if (event.type === 'fetch' || event.type === 'worker') {
      if (output.verbose && event.event.type !== 'bytes')
        output.detail(JSON.stringify(event.event));
    }
  };
}
