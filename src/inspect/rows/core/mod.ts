export { addGrey, addIndexed, addRgb, meansOfGrey, meansOfRgb } from './cells';
export { flattenRgba } from './flatten';
export { lzwBegin, lzwFeed, lzwRow, lzwUsed } from './lzw';
export { unfilter } from './unfilter';
