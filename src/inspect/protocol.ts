/** What passes between the inspector and its workers. Everything in it can be cloned. */
import type { Inspection } from '../model.ts';

/** One image to look at. */
export interface InspectTask {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Hash and thumbnail are wanted, not only what the header tells. */
  readonly pixels: boolean;
  /** The hashes of the eight orientations are wanted too. */
  readonly dihedral: boolean;
  /** Width × height × frames above this is refused before any pixel is decoded. */
  readonly maxPixels: number;
  /** An image that needs more memory to be decoded, in bytes, is answered with {@link Deferred}. */
  readonly memory: number;
  /** The buffer of the bytes is wanted back with the answer, as its `carrier`. */
  readonly sendBack?: boolean;
}

/** The image needs so much memory that it must ask first; nothing was decoded. */
export interface Deferred {
  /** Bytes. */
  readonly deferred: number;
}

/** What {@link InspectAnswer} took, in the order in which it is done. */
export type InspectPhase = readonly [name: 'decode' | 'hash', ms: number];

/** What a worker answers for one image. */
export type InspectAnswer = Inspection | Deferred;

/** Parts of the decoder that the worker has its parent load when an image first needs them. */
export const DECODER_PARTS = [
  'dav1d.wasm',
  'libjpeg.wasm',
  'libwebp.wasm',
  'reduce.wasm',
  'resvg.wasm',
  'vips.wasm',
  'vips-heif.wasm',
  'vips-jxl.wasm',
  'vips-resvg.wasm',
] as const;

export type DecoderPart = (typeof DECODER_PARTS)[number];

/** First message to a worker, before any task. */
export interface WorkerInit {
  readonly type: 'init';
  /** The worker's own bundle, for the threads that the decoder starts. */
  readonly bundle: Blob;
  /** Takes {@link PartRequest}, answers with {@link PartReply}. */
  readonly parts: MessagePort;
}

export interface PartRequest {
  readonly part: DecoderPart;
}

/** Compiled, so that many workers compile it once, and replaced ones do not again. */
export type PartReply =
  | { readonly part: DecoderPart; readonly module: WebAssembly.Module }
  | { readonly part: DecoderPart; readonly error: string };

/** Posted by the worker when it can take tasks. */
export interface WorkerReady {
  readonly type: 'ready';
}

/** Asks a worker to end its threads and close; Deno keeps them otherwise. */
export interface WorkerStop {
  readonly type: 'stop';
}
