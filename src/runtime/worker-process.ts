/** The inner side of a worker process: passes messages between its parent and one Web Worker. */
import process from 'node:process';
import type { PartReply, PartRequest } from '../inspect/protocol.ts';
import { encodeFrame, FrameReader } from './frames.ts';
import type { ProcessAsk, ProcessInit, ProcessPart } from './process-worker.ts';
import { compiled, startWebWorker } from './web-worker.ts';

/** Serves the parent until it closes the pipe. Resolves never; the process ends. */
export async function runWorkerProcess(): Promise<never> {
  const waiting = new Map<string, (reply: PartReply) => void>();
  const send = (message: unknown) => {
    for (const chunk of encodeFrame(message)) process.stdout.write(chunk);
  };
  const part = ({ part: name }: PartRequest) =>
    new Promise<PartReply>((resolve) => {
      waiting.set(name, resolve);
      send({ type: 'ask', part: name } satisfies ProcessAsk);
    });

  const start = async ({ bundle }: ProcessInit) => {
    const blob = new Blob([bundle], { type: 'text/javascript' });
    const worker = await startWebWorker({ bundle: blob, part });
    worker.onMessage(send);
    worker.onExit(() => process.exit(1));
    send({ type: 'ready' });
    return worker;
  };
  let worker: ReturnType<typeof start> | undefined;

  const receive = async (message: unknown) => {
    const { type } = message as { type?: string };
    if (type === 'init') {
      worker = start(message as ProcessInit);
    } else if (type === 'part') {
      const reply = await replyOf(message as ProcessPart);
      waiting.get(reply.part)?.(reply);
    } else {
      const { bytes } = (message as { task?: { bytes?: Uint8Array<ArrayBuffer> } }).task ?? {};
      (await worker)?.post(message, bytes ? [bytes.buffer] : []);
    }
  };

  const reader = new FrameReader();
  for await (const chunk of process.stdin) {
    for (const message of reader.push(chunk as Uint8Array)) {
      receive(message).catch((error) => {
        process.stderr.write(`worker process: ${error instanceof Error ? error.stack : error}\n`);
        process.exit(1);
      });
    }
  }
  process.exit(0);
}

async function replyOf({ part, bytes, error }: ProcessPart): Promise<PartReply> {
  return bytes ? compiled(part, bytes) : { part, error: error ?? 'it did not come' };
}
