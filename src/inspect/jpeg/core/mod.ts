export { stoppedAt, unstuff } from './bits';
export { invalid, readMcus } from './sequential';
