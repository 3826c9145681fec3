/**
 * Gives the memory of bytes back now instead of when they are collected: garbage is counted by V8's own
 * heap, in which an image is a few words, so that a hundred megabytes of images pile up before it
 * looks. The bytes are gone afterwards (length 0); doing it twice does no harm. A view into a larger
 * buffer is left as it is.
 */
export function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength === byteLength) {
    buffer.transfer(0);
  }
}
