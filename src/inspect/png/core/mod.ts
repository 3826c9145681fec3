export { addGrey, addRgb, meansOfGrey, meansOfRgb } from './cells';
export { unfilter } from './unfilter';
