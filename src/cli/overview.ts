/** The first screen: what people want to do, and three ways to begin. Fits 80×24. */
import type { CommandEntry, Topic } from './command.ts';

const TOPICS: readonly Topic[] = ['Download', 'Every night', 'Look at', 'Many machines'];

export function overview(commands: readonly CommandEntry[]): string {
  const lines = ['imgtrawl turns a web page into a clean folder of images.', ''];
  for (const topic of TOPICS) {
    const members = commands.filter((entry) => entry.topic === topic);
    for (const [place, { name, usage, describe }] of members.entries()) {
      const head = place === 0 ? topic : '';
      lines.push(`${head.padEnd(14)}${`${name} ${usage}`.padEnd(23)}${describe}`);
    }
  }
  lines.push(
    '',
    'Try',
    '  imgtrawl https://example.org/gallery/ -o images',
    '  imgtrawl list https://example.org/gallery/',
    '  imgtrawl config init && imgtrawl run',
    '',
    'imgtrawl COMMAND --help tells the options of a command. imgtrawl --version',
  );
  return lines.join('\n');
}
