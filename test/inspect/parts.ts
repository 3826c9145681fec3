/** Gives tests, which run no worker, the decoders' code as a worker's parent does. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { OUTPUTS } from '../../scripts/codecs/libraries.ts';
import type { PartRequest } from '../../src/inspect/protocol.ts';
import { useParts } from '../../src/inspect/worker/parts.ts';
import { loadAsset } from '../../src/runtime/assets.ts';

/** Where the sources keep those that are compiled by scripts/codecs.ts. */
const OWN = new Map(OUTPUTS.map((output) => [basename(output), output]));

/** For all tests of the file that calls it. */
export function provideParts(): void {
  let stop: () => void;
  beforeAll(() => {
    stop = listen();
  });
  afterAll(() => stop());
}

/** Until the result is called. */
function listen(): () => void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data: { part } }: MessageEvent<PartRequest>) => {
    const own = OWN.get(part);
    const bytes = own
      ? new Uint8Array(readFileSync(new URL(`../../src/inspect/${own}`, import.meta.url)))
      : loadAsset(part);
    port1.postMessage({ part, module: new WebAssembly.Module(bytes) });
  };
  useParts(port2 as unknown as Parameters<typeof useParts>[0]);
  return () => port1.close();
}
