/** Every command. Each loads its code when it runs. */
import type { CommandEntry } from '../command.ts';

const SOURCE =
  'Page or image URL, manifest (URL or file), local file or glob, - for a list on stdin';
const PATH = 'Local file or glob';

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'get',
    usage: '<source..>',
    about: SOURCE,
    describe: 'Download the images of pages, lists and manifests',
    options: 'get',
    isDefault: true,
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'list',
    usage: '<source..>',
    about: SOURCE,
    describe: 'Print what would be downloaded',
    options: 'list',
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'hash',
    usage: '<path..>',
    about: PATH,
    describe: 'Format, size, SHA-256 and PDQ of local images',
    options: 'hash',
    load: async () => (await import('./hash.ts')).hash,
  },
];
