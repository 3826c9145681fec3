/** `imgtrawl report`: one HTML page of what a folder holds and what failed. */
import { writeReport } from '../../report/mod.ts';
import type { Command } from '../command.ts';

export const report: Command = async ({ args, flags, output }) => {
  output.line(await writeReport(args[0] as string, flags.out as string | undefined));
  return 0;
};
