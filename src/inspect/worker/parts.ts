/** The decoders' compiled code, which the worker asks its parent for when an image first needs it. */
import type { DecoderPart, PartReply, PartRequest } from '../protocol.ts';

let source: MessagePort | undefined;

/** Says where parts come from. Must be called before {@link fetchPart}. */
export function useParts(port: MessagePort): void {
  source = port;
}

export function fetchPart(part: DecoderPart): Promise<WebAssembly.Module> {
  const port = source;
  if (!port) return Promise.reject(new Error('The decoders have no source.'));
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<PartReply>) => {
      if (data.part !== part) return;
      port.removeEventListener('message', listen);
      if ('error' in data) reject(new Error(`${part} cannot be loaded: ${data.error}`));
      else resolve(data.module);
    };
    port.addEventListener('message', listen);
    port.start();
    port.postMessage({ part } satisfies PartRequest);
  });
}
