export { adlerAdd } from './adler';
export { sumRows } from './axis';
export { addColumns, addGrey, addPlaces, addRgb, meansOfGrey, meansOfRgb } from './cells';
export { flattenRgba } from './flatten';
export {
  inflateBegin,
  inflateFeed,
  inflateMove,
  inflateRun,
  inflateTo,
  inflateUsed,
} from './inflate';
export { lzwBegin, lzwFeed, lzwRow, lzwUsed } from './lzw';
export { unfilter, unfilterTwo } from './unfilter';

/** What lies below is the core's own. */
export const roomsFrom: usize = __heap_base;
