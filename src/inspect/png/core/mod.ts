export { addGrey, addRgb } from './cells';
export { unfilter } from './unfilter';
