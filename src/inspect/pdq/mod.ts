/** PDQ: from a plane of luminance, or from linear pieces of one, to hash, quality and distance. */
export * from './axis-matrix.ts';
export { DIHEDRAL, type Dihedral, dihedralHashes } from './dihedral.ts';
export { distance, distanceHex, popcount } from './distance.ts';
export * from './filters.ts';
export { fromHex, hashBuffer, NO_HASH, type PdqHash, toHex } from './hash.ts';
export { bufferOfPlane, hashPlane, MIN_SIDE } from './plane.ts';
