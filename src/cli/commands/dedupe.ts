/** `imgtrawl dedupe`: groups of duplicates among local images, and what to do about them. */

import process from 'node:process';
import {
  applySteps,
  type CandidateImage,
  type FileGroup,
  groupFiles,
  type PlannedStep,
  parseRemedy,
  planSteps,
} from '../../dedupe/mod.ts';
import { createInspector } from '../../inspect/mod.ts';
import { lookWith } from '../../pipeline/look-file.ts';
import { inspectOptions } from '../../pipeline/stage-options.ts';
import { checkPagePath, writeFileGroups } from '../../report/mod.ts';
import { localFiles } from '../../sources/local.ts';
import { openFileCache } from '../cache-file.ts';
import type { Command, CommandContext } from '../command.ts';
import { ask } from '../confirm.ts';

export const dedupe: Command = async (context) => {
  const { args, options, flags, output, signal } = context;
  const remedy = flags.apply === undefined ? undefined : parseRemedy(String(flags.apply));
  const html = flags.html as string | undefined;
  if (html !== undefined) await checkPagePath(html);
  const files = await localFiles(args, process.cwd());
  using cache = openFileCache(flags.cache !== false);
  await using inspector = createInspector({ ...inspectOptions(options), signal });
  const look = lookWith(inspector);
  const report = await groupFiles(files, {
    ...{ mode: options.dedupe, nearThreshold: options.nearThreshold, cache, signal },
    concurrency: inspector.window,
    inspect: async (path) => {
      const { inspection, ...file } = await look(path);
      return { ...inspection, ...file, name: path };
    },
    onFile: (path, cached) => output.detail(`${path}${cached ? ' (cached)' : ''}`),
  });
  for (const group of report.groups) tell(group, context);
  for (const { path, code, message } of report.unread)
    output.detail(`${path}: ${message} [${code}]`);
  const duplicates = report.groups.reduce((sum, group) => sum + group.duplicates.length, 0);
  output.line(
    `${report.pictures} pictures, ${report.groups.length} groups, ${duplicates} duplicates` +
      (report.unread.length > 0
        ? `; ${report.unread.length} files show no picture (-v names them)`
        : ''),
  );
  if (html !== undefined) {
    const thumbnailOf = (sha256: string) => cache.thumbnailOf(sha256);
    output.note(`The page is ${await writeFileGroups(html, report, { thumbnailOf })}`);
  }
  if (report.pictures === 0) return 3;
  return remedy === undefined ? 0 : apply(planSteps(report.groups, remedy), context);
};

function tell({ group, kind, keep, duplicates }: FileGroup, { output }: CommandContext): void {
  if (output.json) {
    const others = duplicates.map(({ path, distance }) => ({ file: path, distance }));
    output.record({ group, kind, keep: keep.path, duplicates: others });
    return;
  }
  output.line(`${group}  ${kind}  ${size(keep.image)}  ${keep.path}`);
  for (const { path, distance, image } of duplicates) {
    output.line(`     ${String(distance).padStart(3)} bits  ${size(image)}  ${path}`);
  }
}

const size = ({ width, height }: CandidateImage): string => `${width}×${height}`;

/** Lists first; on a terminal it asks, elsewhere it needs --yes. */
async function apply(steps: readonly PlannedStep[], context: CommandContext): Promise<number> {
  const { output, options, signal } = context;
  if (steps.length === 0) return 0;
  for (const { kind, file, to } of steps)
    output.note(`  ${kind} ${file.path}${to === undefined ? '' : ` → ${to}`}`);
  if (!(await ask(`${steps.length} file(s) to ${steps[0]?.kind}`, output, options.yes))) return 1;
  let left = 0;
  for await (const outcome of applySteps(steps, signal)) {
    if (outcome.status === 'done') {
      output.line(`${outcome.step.kind}: ${outcome.step.file.path}`);
      continue;
    }
    if (outcome.status === 'unneeded') {
      output.line(`nothing to do: ${outcome.why}`);
      continue;
    }
    left++;
    output.failure(`left alone: ${outcome.why}`);
  }
  return left > 0 ? 1 : 0;
}
