/** The queue that the options of a command mean. */
import process from 'node:process';
import {
  NatsEngine,
  parseQueueAddress,
  type QueueEngine,
  type QueuePlan,
  queueNamed,
} from '../queue/mod.ts';
import type { CommandContext } from './command.ts';

interface EngineOptions {
  /** Makes the queue when there is none. */
  readonly plan?: QueuePlan;
  /** Wait so long for a server that does not run yet, in ms. */
  readonly waitMs?: number;
  /** An address or a bare name, given as an argument. */
  readonly named?: string | undefined;
}

/** Throws TrawlError `usage` or `queue`. */
export async function openEngine(
  { options, layers, signal }: CommandContext,
  { plan, named, waitMs = 0 }: EngineOptions = {},
): Promise<QueueEngine> {
  const { env } = process;
  const flag = layers.find(({ origin }) => origin === 'flag')?.values.queue;
  const text = named === undefined ? options.queue : queueNamed(named, options.queue);
  const given = named ?? flag;
  const address = parseQueueAddress({
    text,
    onCommandLine: typeof given === 'string' && given.includes('@'),
  });
  const { natsCreds, natsTokenFile, natsCa, natsCert, natsKey } = options;
  const auth = {
    creds: natsCreds,
    tokenFile: natsTokenFile,
    ca: natsCa,
    cert: natsCert,
    key: natsKey,
    env,
  };
  return await NatsEngine.open(address, { auth, signal, waitMs, ...(plan && { plan }) });
}
