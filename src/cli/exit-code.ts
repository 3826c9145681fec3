import type { Summary } from '../pipeline/events.ts';

/**
 * 0 all done · 1 something failed · 3 nothing could be read: no source named any image. That none was
 * wanted, or none has to be tried again, is no failure. The others come from errors.
 */
export function exitCodeOf(
  summary: Pick<Summary, 'named' | 'failed' | 'sourcesFailed'>,
): 0 | 1 | 3 {
  if (summary.named === 0) return 3;
  return summary.failed > 0 || summary.sourcesFailed > 0 ? 1 : 0;
}
