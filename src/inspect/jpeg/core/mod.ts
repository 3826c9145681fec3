export { sumRows } from '../../rows/core/axis';
export { stoppedAt, unstuff } from './bits';
export { readDcs } from './dc';
export { readMcus } from './sequential';
