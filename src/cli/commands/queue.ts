/** `imgtrawl queue`: how a queue gets on. */
import process from 'node:process';
import { systemClock } from '../../concurrency/mod.ts';
import type { QueueEngine, QueueStatus } from '../../queue/mod.ts';
import type { Command, CommandContext } from '../command.ts';
import { openEngine } from '../queue-engine.ts';
import { bytesText } from '../text.ts';

const WATCH_MS = 2000;

export const queue: Command = async (context) => {
  const { args, flags, output } = context;
  await using engine = await openEngine(context, { named: args[0] });
  if (flags.dead === true) return await printDead(engine, context);
  if (flags.delete === true) {
    await engine.destroy();
    output.note('The queue is no more; the folders of its workers stay as they are');
    return 0;
  }
  for (;;) {
    const status = await engine.status();
    if (output.json) output.record(jsonOf(status));
    else for (const line of textOf(status)) output.line(line);
    if (flags.watch !== true || output.closed) return 0;
    await systemClock.sleep(WATCH_MS, context.signal);
    if (!output.json && process.stdout.isTTY) process.stdout.write('\u001b[H\u001b[J');
  }
};

/** The addresses for people and pipes, everything with --json. */
async function printDead(engine: QueueEngine, { output }: CommandContext): Promise<number> {
  for await (const dead of engine.dead()) {
    if (output.json) output.record(dead);
    else {
      output.failure(`shard ${dead.id}: ${dead.reason}`);
      for (const item of dead.items) output.line(addressIn(item));
    }
    if (output.closed) break;
  }
  return 0;
}

function addressIn(item: string): string {
  try {
    const { u } = JSON.parse(item);
    return String(Array.isArray(u) ? u[0] : u);
  } catch {
    return item;
  }
}

const rateOf = ({ workers }: QueueStatus): number =>
  Math.round(workers.reduce((sum, { rate }) => sum + rate, 0) * 10) / 10;

function jsonOf(status: QueueStatus): object {
  const { shards, waiting, inFlight, done, failed, claims, bytes, workers } = status;
  return { shards, waiting, inFlight, done, failed, claims, bytes, rate: rateOf(status), workers };
}

function textOf(status: QueueStatus): string[] {
  const { shards, waiting, inFlight, done, failed, claims, bytes, workers } = status;
  const part = shards > 0 ? Math.floor((done / shards) * 100) : 0;
  return [
    `${shards} shards: ${done} done (${part} %), ${inFlight} in flight, ${waiting} waiting, ${failed} put aside`,
    `${claims} images claimed; ${bytesText(bytes.shards)} of shards, ${bytesText(bytes.claims)} of claims`,
    `${workers.length} workers alive, ${rateOf(status)} images a second`,
    ...workers.map(
      ({ host, pid, shards: own, images, saved, failed: lost, rate }) =>
        `  ${host}:${pid}  ${own} shards, ${images} images: ${saved} saved, ${lost} failed; ${rate}/s`,
    ),
  ];
}
