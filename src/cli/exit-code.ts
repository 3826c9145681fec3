import type { Summary } from '../pipeline/events.ts';

/** 0 all done · 1 something failed · 3 nothing could be read. The others come from errors. */
export function exitCodeOf(
  summary: Pick<Summary, 'images' | 'failed' | 'sourcesFailed'>,
): 0 | 1 | 3 {
  if (summary.images === 0) return 3;
  return summary.failed > 0 || summary.sourcesFailed > 0 ? 1 : 0;
}
