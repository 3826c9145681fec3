/** How a process knows that it is to be a worker of another; see process-worker.ts. */
import process from 'node:process';

/** Environment variable that makes the executable a worker process. */
export const WORKER_PROCESS_SWITCH = 'IMGTRAWL_WORKER_PROCESS';

/** Whether this process was started as a worker of another. */
export function isWorkerProcess(): boolean {
  return process.env[WORKER_PROCESS_SWITCH] !== undefined;
}
