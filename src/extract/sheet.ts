import type { Candidate } from '../model.ts';
import type { ExtractOptions } from './options.ts';

export interface SheetImages {
  /** One for each address, in the order of the sheet. */
  readonly images: Candidate[];
  /** Absolute addresses of the sheets it imports. */
  readonly imports: string[];
}

export function extractSheet(
  _css: string | Uint8Array,
  _sheetUrl: string,
  _options: ExtractOptions = {},
): SheetImages {
  return { images: [], imports: [] };
}
