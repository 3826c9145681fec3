/** The scans of progressive JPEG (T.81, G.1.2 and G.2). */
import { firstAc, refineAc } from './progressive-ac.ts';
import { firstDc, refineDc } from './progressive-dc.ts';
import type { McuReader, ScanHeader } from './scan.ts';

/**
 * Coefficients are stored with quantisation undone, but for a component of which all are kept: those
 * are refined later, and dequantised at the end. Returns undefined when a table is missing.
 */
export function progressiveReader(scan: ScanHeader): McuReader | undefined {
  if (scan.first === 0) return scan.high === 0 ? firstDc(scan) : refineDc(scan);
  const { component, ac } = scan.components[0]!;
  if (!ac) return undefined;
  return scan.high === 0 ? firstAc(scan, component, ac) : refineAc(scan, component, ac);
}
