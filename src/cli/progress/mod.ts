/**
 * What a terminal shows while a run goes on: a block of a few lines, redrawn below the results.
 * `Tracker` counts from the events, `render` makes lines of that, `LiveBlock` keeps them on the screen.
 */
import process from 'node:process';
import type { Listener } from '../../pipeline/events.ts';
import type { Output } from '../output.ts';
import { mayDraw, pipeBehindStdout, wantsColor } from './terminal.ts';

export interface Progress extends Disposable {
  /** Watches one run; several may go on at the same time. */
  watch(): Listener;
}

/** Draws on standard error, where that is a terminal which can; else nothing. Dispose it at the end. */
export async function startProgress(output: Output, wanted: boolean): Promise<Progress> {
  const { env, stdout, stderr } = process;
  const screen = { env, stdout, stderr, piped: pipeBehindStdout, json: output.json };
  if (!wanted || output.quiet || !mayDraw(screen)) {
    return { watch: () => () => {}, [Symbol.dispose]() {} };
  }
  const [{ LiveBlock }, { render }, { Tracker }] = await Promise.all([
    import('./live-block.ts'),
    import('./render.ts'),
    import('./tracker.ts'),
  ]);
  const tracker = new Tracker();
  const color = wantsColor(env);
  const block = new LiveBlock(stderr, (columns) =>
    render(tracker.state(performance.now()), columns, { color }),
  );
  output.attach(block);
  return {
    watch: () => tracker.watch(),
    [Symbol.dispose]() {
      output.attach(undefined);
      block[Symbol.dispose]();
    },
  };
}
