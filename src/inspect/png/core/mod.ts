export { addGrey, addRgb, meansOfGrey, meansOfRgb } from './cells';
export { flattenRgba } from './flatten';
export { unfilter } from './unfilter';
