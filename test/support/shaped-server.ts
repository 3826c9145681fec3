/** An HTTP server whose speed a test decides: latency, a line shared by all answers, refusals, a queue. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Shape {
  /** ms before each answer. Default 0. */
  readonly latencyMs?: number;
  /** ms for which each answer keeps the only clerk busy. Default 0. */
  readonly serialMs?: number;
  /** Bytes a second, all answers together. Default: no limit. */
  readonly bandwidth?: number;
  /** After so many answers it is busy (503) and says Retry-After: 1. Default: never. */
  readonly answersBetweenPauses?: number;
}

export interface ShapedServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly origin: string;
}

const SLICE_MS = 20;

export async function shapedServer(
  files: ReadonlyMap<string, { readonly type: string; readonly body: Uint8Array | string }>,
  shape: Shape,
): Promise<ShapedServer> {
  const { latencyMs = 0, serialMs = 0, bandwidth, answersBetweenPauses } = shape;
  let line: Promise<unknown> = Promise.resolve();
  let clerk: Promise<unknown> = Promise.resolve();
  let answered = 0;
  let busyUntil = 0;

  const send = async (response: ServerResponse, body: Uint8Array) => {
    if (bandwidth === undefined) return response.end(body);
    const slice = Math.ceil((bandwidth * SLICE_MS) / 1000);
    for (let at = 0; at < body.length; at += slice) {
      const piece = body.subarray(at, at + slice);
      line = line.then(async () => {
        response.write(piece);
        await sleep((piece.length / bandwidth) * 1000);
      });
      await line;
    }
    response.end();
  };

  const server = createServer(async (request, response) => {
    const file = files.get(request.url ?? '');
    if (!file) return response.writeHead(404).end();
    if (answersBetweenPauses !== undefined) {
      if (answered >= answersBetweenPauses && busyUntil === 0) busyUntil = Date.now() + 1000;
      if (Date.now() < busyUntil) return response.writeHead(503, { 'retry-after': '1' }).end();
      if (busyUntil > 0) answered = busyUntil = 0;
      answered++;
    }
    if (serialMs > 0) {
      clerk = clerk.then(() => sleep(serialMs));
      await clerk;
    }
    if (latencyMs > 0) await sleep(latencyMs);
    const body = typeof file.body === 'string' ? new TextEncoder().encode(file.body) : file.body;
    response.writeHead(200, { 'content-type': file.type, 'content-length': body.length });
    response.flushHeaders();
    await send(response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
