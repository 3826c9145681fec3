/**
 * Messages over a pipe: JSON in which each Uint8Array is replaced by a reference to the bytes that
 * follow. Two lengths of 4 bytes (little-endian), then the JSON, then the bytes.
 */

const HEAD = 8;
/** Longest frame that is read: no image is larger, and a broken length must not take all memory. */
const MAX_FRAME = 0x7fff_0000;

interface Reference {
  readonly $bytes: readonly [offset: number, length: number];
}

/** The chunks to write for one message. */
export function encodeFrame(message: unknown): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let total = 0;
  const json = JSON.stringify(message, function (this: Record<string, unknown>, key, plain) {
    // Not `plain`: a Buffer has been turned into text by then.
    const value = this[key];
    if (!(value instanceof Uint8Array)) return plain;
    const reference: Reference = { $bytes: [total, value.byteLength] };
    pieces.push(value);
    total += value.byteLength;
    return reference;
  });
  const text = new TextEncoder().encode(json);
  const head = new Uint8Array(HEAD);
  const view = new DataView(head.buffer);
  view.setUint32(0, text.byteLength, true);
  view.setUint32(4, total, true);
  return [head, text, ...pieces];
}

/** Puts messages together from the chunks that a pipe delivers; each byte is copied once. */
export class FrameReader {
  readonly #longest: number;
  /** What comes next, and how much of it is there. */
  #part: 'head' | 'text' | 'body' = 'head';
  #bytes = new Uint8Array(HEAD);
  #filled = 0;
  #text: Uint8Array | undefined;
  #bodyLength = 0;

  /** @param longest bytes of a frame; the other side may be hostile, and is not believed more */
  constructor(longest = MAX_FRAME) {
    this.#longest = longest;
  }

  /** Takes a chunk; returns the messages that are now complete. Throws on data that are no frames. */
  push(chunk: Uint8Array): unknown[] {
    const messages: unknown[] = [];
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + this.#bytes.length - this.#filled);
      this.#bytes.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      // A part may have no bytes at all.
      while (this.#filled === this.#bytes.length) {
        const message = this.#next();
        if (message) messages.push(message.value);
      }
    }
    return messages;
  }

  /** A part is complete: what it tells of the next one, or the message. */
  #next(): { readonly value: unknown } | undefined {
    const done = this.#bytes;
    this.#filled = 0;
    if (this.#part === 'head') {
      const view = new DataView(done.buffer);
      const text = view.getUint32(0, true);
      this.#bodyLength = view.getUint32(4, true);
      if (text === 0 || text + this.#bodyLength > this.#longest) {
        throw new Error('the other side of the pipe talks nonsense');
      }
      this.#part = 'text';
      this.#bytes = new Uint8Array(text);
      return undefined;
    }
    if (this.#part === 'text') {
      this.#text = done;
      this.#part = 'body';
      this.#bytes = new Uint8Array(this.#bodyLength);
      return undefined;
    }
    this.#part = 'head';
    this.#bytes = new Uint8Array(HEAD);
    return { value: decode(this.#text!, done) };
  }
}

function decode(text: Uint8Array, body: Uint8Array<ArrayBuffer>): unknown {
  return JSON.parse(new TextDecoder().decode(text), (_, value: unknown) => {
    const reference = (value as Partial<Reference> | null)?.$bytes;
    if (!Array.isArray(reference)) return value;
    const [offset, length] = reference as [number, number];
    return length === body.length ? body : body.slice(offset, offset + length);
  });
}
