/** Entry: arguments in, exit code out. Nothing heavy loads before it is known to be needed. */
import process from 'node:process';
import { VERSION } from './version.ts';

async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`imgtrawl ${VERSION}\n`);
    return;
  }
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(argv);
}

void main(process.argv.slice(2));
