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

/** Puts messages together from the chunks that a pipe delivers. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes of the frame that is coming in, its head included; 0 while that is unknown. */
  #wanted = 0;

  /** Takes a chunk; returns the messages that are now complete. Throws on data that are no frames. */
  push(chunk: Uint8Array): unknown[] {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    const messages: unknown[] = [];
    while (this.#length >= (this.#wanted || HEAD)) {
      // Joined only when a whole frame or its head is there, so that each byte is copied once or twice.
      const all = this.#join();
      const view = new DataView(all.buffer, all.byteOffset);
      const text = view.getUint32(0, true);
      const bytes = view.getUint32(4, true);
      this.#wanted = HEAD + text + bytes;
      if (this.#wanted > MAX_FRAME) throw new Error('the other side of the pipe talks nonsense');
      if (this.#length < this.#wanted) break;
      const body = all.subarray(HEAD + text, this.#wanted);
      messages.push(decode(all.subarray(HEAD, HEAD + text), body));
      this.#chunks = [all.subarray(this.#wanted)];
      this.#length -= this.#wanted;
      this.#wanted = 0;
    }
    return messages;
  }

  #join(): Uint8Array {
    if (this.#chunks.length === 1) return this.#chunks[0]!;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [all];
    return all;
  }
}

function decode(text: Uint8Array, body: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(text), (_, value: unknown) => {
    const reference = (value as Partial<Reference> | null)?.$bytes;
    if (!Array.isArray(reference)) return value;
    const [offset, length] = reference as [number, number];
    // A Buffer's own slice would share memory, and be a Buffer.
    return new Uint8Array(body.subarray(offset, offset + length));
  });
}
