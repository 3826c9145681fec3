/** The one shape that every manifest reader has. */

import type { SourceBatches, SourceOptions } from './item.ts';

export interface ReaderContext {
  /** For messages. */
  readonly name: string;
  /** Address that relative addresses resolve against. */
  readonly base: string | undefined;
  readonly options: SourceOptions;
}

/** Reads decoded text. Throws `source-unreadable` when nothing of it can be understood. */
export type Reader = (text: AsyncIterable<string>, context: ReaderContext) => SourceBatches;
