/** Bytes that a Content-Length announces; undefined when there is none that makes sense. */
export function contentLength(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
