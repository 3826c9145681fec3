/**
 * wasm-vips inside the worker. Loaded when an image first needs it: it costs 0.3–0.6 s of computing
 * and some 100 MB, and most JPEGs never do.
 */
import Vips from 'wasm-vips';
import type { ImageFormat } from '../../model.ts';
import type { DecoderPart } from '../protocol.ts';
import { fetchPart } from './parts.ts';

export type VipsModule = Awaited<ReturnType<typeof Vips>>;

/** Formats that a part of its own decodes. */
const PLUGINS: Partial<Record<ImageFormat, DecoderPart>> = {
  avif: 'vips-heif.wasm',
  jxl: 'vips-jxl.wasm',
  svg: 'vips-resvg.wasm',
};

interface Running {
  readonly vips: VipsModule;
  readonly plugins: ReadonlySet<DecoderPart>;
  readonly threads: Set<Worker>;
  readonly memory: WebAssembly.Memory;
}

let running: Running | undefined;
let bundle: Blob | undefined;

/** Gives the bundle that the decoder's threads start from. Must be called before {@link decoder}. */
export function useBundle(own: Blob): void {
  bundle = own;
}

/**
 * Starts it when it does not run. It takes its parts as it starts (all of them 0.1 s and 30 MB), so for one that was
 * not wanted before it starts anew, with those that were.
 */
export async function decoder(format: ImageFormat): Promise<VipsModule> {
  const plugins = new Set(running?.plugins);
  const plugin = PLUGINS[format];
  if (plugin) plugins.add(plugin);
  if (running && running.plugins.size < plugins.size) endThreads();
  running ??= await start(plugins);
  return running.vips;
}

/** Bytes of the running decoder's memory, which grows with the images and never shrinks. */
export function decoderBytes(): number {
  return running?.memory.buffer.byteLength ?? 0;
}

/** Ends the decoder's threads; the next image that needs it starts it again. */
export function endThreads(): void {
  for (const thread of running?.threads ?? []) thread.terminate();
  running = undefined;
}

async function start(plugins: ReadonlySet<DecoderPart>): Promise<Running> {
  if (!bundle) throw new Error('The decoder has no bundle.');
  const threads = new Set<Worker>();
  const restore = collectThreads(threads);
  let memory: WebAssembly.Memory | undefined;
  try {
    const code = await fetchPart('vips.wasm');
    const sharedModules: Record<string, WebAssembly.Module> = {};
    for (const plugin of plugins) sharedModules[plugin] = await fetchPart(plugin);
    const options = {
      dynamicLibraries: [...plugins],
      // Read by what scripts/worker-bundle.ts puts into the decoder's JavaScript.
      sharedModules,
      mainScriptUrlOrBlob: bundle,
      instantiateWasm: (imports: WebAssembly.Imports, done: Instantiated) => {
        memory = imports['env']?.['memory'] as WebAssembly.Memory;
        WebAssembly.instantiate(code, imports).then((instance) => done(instance, code));
        return {};
      },
      // What it would print are warnings about hostile images.
      print: () => {},
      printErr: () => {},
    };
    const vips = await Vips(options);
    vips.Cache.max(0);
    if (!memory) throw new Error('vips.wasm was not instantiated.');
    return { vips, plugins, threads, memory };
  } catch (error) {
    for (const thread of threads) thread.terminate();
    throw error;
  } finally {
    restore();
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

type Instantiated = (instance: WebAssembly.Instance, module: WebAssembly.Module) => unknown;
