/**
 * The inspect stage: what an image is, how large, and what it looks like (PDQ hash and thumbnail),
 * found out in workers that can be lost without harm.
 */
export { inspectHeader } from './header.ts';
export {
  createInspector,
  type InspectOptions,
  type Inspector,
  type InspectRequest,
} from './inspector.ts';
export { type Dihedral, distance, distanceHex, fromHex, toHex } from './pdq/mod.ts';
