import type { Options } from '../config/schema.ts';

/** Why an image is left out by --min-width and --min-height; undefined when it is not. */
export function tooSmall(
  { width, height }: { readonly width: number; readonly height: number },
  { minWidth, minHeight }: Options,
): string | undefined {
  if (width < minWidth) return `${width} pixels wide, less than --min-width ${minWidth}`;
  if (height < minHeight) return `${height} pixels high, less than --min-height ${minHeight}`;
  return undefined;
}
