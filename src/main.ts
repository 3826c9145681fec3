/** Entry: arguments in, exit code out. Nothing heavy loads before it is known to be needed. */
import process from 'node:process';
import { isWorkerProcess } from './runtime/worker-switch.ts';
import { versionText } from './version.ts';

async function main(argv: readonly string[]): Promise<void> {
  const [only, more] = argv;
  if (more === undefined && (only === '--version' || only === '-V')) {
    process.stdout.on('error', () => {
      process.exitCode = 1;
    });
    process.stdout.write(versionText());
    return;
  }
  if (isWorkerProcess()) {
    const { runWorkerProcess } = await import('./runtime/worker-process.ts');
    return runWorkerProcess();
  }
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(argv);
}

void main(process.argv.slice(2));
