/** The first screen: what people want to do, and three ways to begin. Fits 80×24. */
import type { CommandEntry, Topic } from './command.ts';

/** Those of the last are for few people; they share a line. */
const TOPICS: readonly Topic[] = ['Download', 'Every night', 'Look at'];

export function overview(commands: readonly CommandEntry[]): string {
  const lines = ['imgtrawl turns a web page into a clean folder of images.', ''];
  const of = (topic: Topic) => commands.filter((entry) => entry.topic === topic);
  for (const topic of TOPICS) {
    for (const [place, { name, usage, describe }] of of(topic).entries()) {
      const head = place === 0 ? topic : '';
      lines.push(`${head.padEnd(15)}${`${name} ${usage}`.padEnd(18)}${describe}`);
    }
  }
  const names = (topic: Topic) =>
    of(topic)
      .map(({ name }) => name)
      .join(', ');
  lines.push(
    `${'Many machines'.padEnd(15)}${names('Many machines')}`,
    `${'Also'.padEnd(15)}${names('Also')}, --version`,
    '',
    'Try',
    '  imgtrawl https://example.org/gallery/ -o images',
    '  imgtrawl list https://example.org/gallery/',
    '  imgtrawl config init && imgtrawl run',
    '',
    'imgtrawl COMMAND --help tells what a command takes.',
  );
  return lines.join('\n');
}
