/** `imgtrawl race`: the same work one image at a time and concurrently, side by side. */
import process from 'node:process';
import { TrawlError } from '../../errors.ts';
import { floorOf, race as runRace } from '../../pipeline/race.ts';
import { inFlightOver } from '../../pipeline/race-watch.ts';
import type { Command, CommandContext } from '../command.ts';
import { exitCodeOf } from '../exit-code.ts';
import { watchSources } from '../present.ts';
import { type Progress, startProgress } from '../progress/mod.ts';
import { middleRun, peakOf, raceText, secondsOf } from '../race-text.ts';

/** Options of `get` that say what happens to a folder; a race leaves none. */
const MEANINGLESS = ['out', 'order', 'wait', 'prune', 'retryFailed', 'report', 'trace'];
/** Points of the line of requests in flight, in JSON. */
const PARTS = 50;

export const race: Command = async (context) => {
  const { args, options, output, signal } = context;
  const runs = check(context);
  let progress: Progress | undefined;
  try {
    const ended = await runRace(args, options, {
      signal,
      runs,
      async onRun(mode, number) {
        progress?.[Symbol.dispose]();
        output.note(`Run ${number} of ${2 * runs}: ${mode}`);
        progress = await startProgress(output, options.progress);
        return [watchSources(output), progress.watch()];
      },
    });
    progress?.[Symbol.dispose]();
    if (output.json) {
      for (const { mode, summary, watch } of ended) {
        const inFlight = inFlightOver(watch.steps, summary.seconds, PARTS).map(round);
        // One image at a time is what bound the sequential one, and no option lifts that.
        const { verdict, ...counts } = summary;
        const why = mode === 'concurrent' ? { verdict } : {};
        output.record({ type: 'run', mode, ...counts, ...why, inFlight, order: watch.order });
      }
      const [sequential, concurrent] = [
        secondsOf(ended, 'sequential'),
        secondsOf(ended, 'concurrent'),
      ];
      output.record({
        type: 'race',
        runs,
        sequential,
        concurrent,
        speedup: round(sequential / concurrent),
        maxInFlight: {
          sequential: peakOf(middleRun(ended, 'sequential')),
          concurrent: peakOf(middleRun(ended, 'concurrent')),
        },
        floor: floorOf(ended),
      });
    } else {
      const { columns = 80 } = process.stdout;
      for (const line of raceText(ended, columns)) output.line(line);
    }
    return Math.max(...ended.map(({ summary }) => exitCodeOf(summary)));
  } finally {
    progress?.[Symbol.dispose]();
  }
};

/** The number of runs. Throws TrawlError `usage`. */
function check({ args, flags, layers }: CommandContext): number {
  if (args.includes('-')) {
    throw new TrawlError(
      'usage',
      'race: the sources are read once for each run, which standard input cannot be; give a file',
    );
  }
  const given = Object.keys(layers[0]?.values ?? {}).find((name) => MEANINGLESS.includes(name));
  if (given !== undefined) {
    throw new TrawlError('usage', `race: --${given} has no meaning here; a race keeps no folder`);
  }
  const runs = Number(flags.runs ?? 1);
  if (Number.isInteger(runs) && runs >= 1) return runs;
  throw new TrawlError(
    'usage',
    `--runs: expected a whole number of at least 1; got "${flags.runs}"`,
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;
