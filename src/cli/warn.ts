import type { Options } from '../config/schema.ts';
import type { Output } from './output.ts';

/** What a run gives up that nobody should give up unawares, before it begins. */
export function warnOf({ insecure }: Options, output: Output): void {
  if (insecure) {
    output.note('Warning: --insecure: whoever stands in between can read and change what is sent');
  }
}
