/** What a worker process runs when the program runs from source; the executable starts itself. */
import { runWorkerProcess } from './worker-process.ts';

await runWorkerProcess();
