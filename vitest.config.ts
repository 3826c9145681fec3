import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Web Workers for the decode worker, as the executable sets it for itself.
    execArgv: ['--experimental-web-worker', '--disable-warning=ExperimentalWarning'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
