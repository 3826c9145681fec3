import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/compare-bytes.ts'],
    // Web Workers for the decode worker, as the executable sets it for itself.
    execArgv: ['--experimental-web-worker', '--disable-warning=ExperimentalWarning'],
    pool: 'forks',
    // Many files wait for the network, a disk or a program for most of their time.
    maxWorkers: availableParallelism() + 2,
    // Against what hangs; no test may depend on how fast the machine is, or on what else it does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
