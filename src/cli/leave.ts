/** What `get` and `run` leave behind when asked: a trace of the run, a report of the folder. */
import type { Listener } from '../pipeline/events.ts';
import type { Output } from './output.ts';

export interface Tracing extends Disposable {
  /** @param job where several write to the same trace */
  watch(job?: string): Listener;
}

/** --trace. Throws TrawlError when the file cannot be written. */
export async function startTrace(output: Output, path: string | undefined): Promise<Tracing> {
  if (path === undefined) return { watch: () => () => {}, [Symbol.dispose]() {} };
  const { TraceFile, traceListener } = await import('../report/mod.ts');
  const file = TraceFile.open(path);
  let jobs = 0;
  return {
    watch: (job) => traceListener(file, job, jobs++),
    [Symbol.dispose]() {
      file[Symbol.dispose]();
      const { failure } = file;
      if (failure) output.failure(`The trace is not whole: ${failure.message} [${failure.code}]`);
      else output.line(`Trace in ${path}; ui.perfetto.dev opens it`);
    },
  };
}

/** --report. Throws TrawlError when it cannot be written. */
export async function leaveReport(
  output: Output,
  { report, out }: { readonly report: boolean; readonly out: string },
): Promise<void> {
  if (!report) return;
  const { writeReport } = await import('../report/mod.ts');
  output.line(`Report in ${await writeReport(out)}`);
}
