/**
 * wasm-vips inside the worker. Loaded when an image first needs it: it costs 0.3–0.6 s of computing
 * and some 100 MB, and most JPEGs never do.
 */
import Vips from 'wasm-vips';
import type { DecoderPart, PartReply, PartRequest } from '../protocol.ts';

export type VipsModule = Awaited<ReturnType<typeof Vips>>;

/** Formats that a part of its own decodes. Loaded as vips starts, or not at all. */
export type Plugin = Exclude<DecoderPart, 'vips.wasm'>;

export interface DecoderSource {
  readonly bundle: Blob;
  readonly parts: MessagePort;
}

let source: DecoderSource | undefined;
let running: { vips: VipsModule; plugins: ReadonlySet<Plugin>; threads: Set<Worker> } | undefined;
let wanted: ReadonlySet<Plugin> = new Set();

/** Says where the parts come from. Must be called before {@link decoder}. */
export function useSource(from: DecoderSource): void {
  source = from;
}

/** The decoder with at least the given plugin; starts it anew when the running one lacks it. */
export async function decoder(plugin?: Plugin): Promise<VipsModule> {
  if (running && (plugin === undefined || running.plugins.has(plugin))) return running.vips;
  if (plugin !== undefined) wanted = new Set([...wanted, plugin]);
  // Two instances at once would double the memory.
  endThreads();
  running = await start(wanted);
  return running.vips;
}

/** Ends the decoder's threads; the next image that needs it starts it again. */
export function endThreads(): void {
  for (const thread of running?.threads ?? []) thread.terminate();
  running = undefined;
}

async function start(plugins: ReadonlySet<Plugin>) {
  if (!source) throw new Error('The decoder has no source.');
  const { bundle, parts } = source;
  const urls = new Map<string, string>();
  const threads = new Set<Worker>();
  const restore = collectThreads(threads);
  try {
    const code = await fetchPart(parts, 'vips.wasm');
    if (!('module' in code)) throw new Error('vips.wasm did not come compiled.');
    for (const plugin of plugins) {
      const part = await fetchPart(parts, plugin);
      if (!('bytes' in part)) throw new Error(`${plugin} did not come as bytes.`);
      urls.set(plugin, URL.createObjectURL(new Blob([part.bytes], { type: 'application/wasm' })));
    }
    const vips = await Vips({
      dynamicLibraries: [...plugins],
      mainScriptUrlOrBlob: bundle,
      locateFile: (name: string) => urls.get(name) ?? name,
      instantiateWasm: (imports, done) => {
        WebAssembly.instantiate(code.module, imports).then((instance) =>
          done(instance, code.module),
        );
        return {};
      },
      // What it would print are warnings about hostile images.
      print: () => {},
      printErr: () => {},
    });
    vips.Cache.max(0);
    return { vips, plugins, threads };
  } catch (error) {
    for (const thread of threads) thread.terminate();
    throw error;
  } finally {
    restore();
    for (const url of urls.values()) URL.revokeObjectURL(url);
  }
}

/** Notes every thread that the decoder starts, so that it can be ended: on Deno, nobody else does. */
function collectThreads(threads: Set<Worker>): () => void {
  const scope = globalThis as unknown as { Worker: typeof Worker };
  const Original = scope.Worker;
  scope.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      threads.add(this);
    }
  };
  return () => {
    scope.Worker = Original;
  };
}

function fetchPart(parts: MessagePort, part: DecoderPart): Promise<PartReply> {
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<PartReply>) => {
      if (data.part !== part) return;
      parts.removeEventListener('message', listen);
      if ('error' in data) reject(new Error(`${part} cannot be loaded: ${data.error}`));
      else resolve(data);
    };
    parts.addEventListener('message', listen);
    parts.start();
    parts.postMessage({ part } satisfies PartRequest);
  });
}
