export { normalEquations } from './normal-equations';
export { scan } from './scan';

export const roomsFrom: usize = __heap_base;
