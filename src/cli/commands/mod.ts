/** Every command. Each loads its code when it runs. */
import type { CommandEntry } from '../command.ts';

const SOURCE =
  'Page or image URL, manifest (URL or file), local file or glob, - for a list on stdin';
const PATH = 'Local file, folder or glob';
const JOB = 'Name of a job; all of them without';
const CONFIG = {
  config: {
    type: 'string',
    describe: 'Config file (default: the nearest imgtrawl.json upwards)',
    group: 'Run:',
  },
} as const;
const PRINT = {
  'print-config': {
    type: 'boolean',
    describe: 'Print each option, its value and where that comes from; do nothing else',
    group: 'Run:',
  },
} as const;

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'get',
    topic: 'Download',
    usage: '<source..>',
    about: SOURCE,
    describe: 'Download images (the default)',
    options: 'get',
    flags: { ...CONFIG, ...PRINT },
    isDefault: true,
    load: async () => (await import('./get.ts')).get,
  },
  {
    name: 'list',
    topic: 'Download',
    usage: '<source..>',
    about: SOURCE,
    describe: 'Print what would be downloaded',
    options: 'list',
    flags: { ...CONFIG, ...PRINT },
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'run',
    topic: 'Every night',
    usage: '[job..]',
    about: JOB,
    describe: 'Run the jobs of a config file',
    options: 'get',
    flags: {
      ...CONFIG,
      ...PRINT,
      parallel: {
        type: 'string',
        describe: 'Jobs at the same time',
        requiresArg: true,
        group: 'Run:',
        defaultDescription: '1',
      },
    },
    load: async () => (await import('./run.ts')).run,
  },
  {
    name: 'schedule',
    topic: 'Every night',
    usage: '[job..]',
    about: JOB,
    describe: 'Crontab lines or systemd units for jobs',
    flags: {
      ...CONFIG,
      install: { type: 'boolean', describe: 'Put them into your crontab, or write the units' },
      remove: { type: 'boolean', describe: 'Take them out again' },
      systemd: { type: 'boolean', describe: 'Units of systemd instead of crontab lines' },
    },
    load: async () => (await import('./schedule.ts')).schedule,
  },
  {
    name: 'config',
    topic: 'Every night',
    usage: '<action>',
    about: 'init (write a config file), check, or schema (print its JSON Schema)',
    words: ['init', 'check', 'schema'],
    describe: 'Write or check a config file',
    flags: CONFIG,
    load: async () => (await import('./config.ts')).config,
  },
  {
    name: 'dedupe',
    topic: 'Look at',
    usage: '<path..>',
    about: 'Local file, folder or glob',
    describe: 'Groups of duplicates among local images',
    options: 'dedupe',
    flags: {
      apply: {
        type: 'string',
        requiresArg: true,
        describe: 'What becomes of duplicates: delete, hardlink, symlink or move=DIR (asks first)',
      },
      html: {
        type: 'string',
        requiresArg: true,
        describe: 'Write the groups as a page to look at, side by side (FILE.html)',
      },
      cache: {
        type: 'boolean',
        default: true,
        describe: 'Remember what files show, by path, size and time (--no-cache: do not)',
      },
    },
    load: async () => (await import('./dedupe.ts')).dedupe,
  },
  {
    name: 'verify',
    topic: 'Look at',
    usage: '<dir>',
    about: 'Output folder of an earlier run',
    describe: 'Re-hash a folder against its catalog',
    options: 'verify',
    flags: {
      repair: {
        type: 'boolean',
        describe:
          'Fetch again what is missing or changed; rebuild a damaged catalog from the files',
      },
    },
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'export',
    topic: 'Look at',
    usage: '<dir>',
    about: 'Output folder of an earlier run',
    describe: 'Catalog as jsonl, csv, parquet; webdataset',
    flags: {
      format: {
        type: 'string',
        choices: ['jsonl', 'csv', 'parquet', 'webdataset'],
        default: 'jsonl',
        describe: 'What to write',
      },
      out: {
        type: 'string',
        alias: 'o',
        requiresArg: true,
        describe: 'File or folder to write to',
      },
      'shard-size': {
        type: 'string',
        requiresArg: true,
        default: '1GB',
        describe: 'Bytes in one WebDataset shard',
      },
    },
    load: async () => (await import('./export.ts')).exportFolder,
  },
  {
    name: 'report',
    topic: 'Look at',
    usage: '<dir>',
    about: 'Output folder of an earlier run',
    describe: 'HTML report: gallery, duplicates, failures',
    flags: {
      out: {
        type: 'string',
        alias: 'o',
        requiresArg: true,
        describe: 'File to write (default: .imgtrawl/report.html in the folder)',
      },
    },
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'hash',
    topic: 'Look at',
    usage: '<path..>',
    about: PATH,
    describe: 'Format, size, SHA-256, PDQ of local images',
    options: 'hash',
    load: async () => (await import('./hash.ts')).hash,
  },
  {
    name: 'race',
    topic: 'Look at',
    usage: '<source..>',
    about: SOURCE,
    describe: 'One at a time against concurrently',
    options: 'get',
    flags: {
      ...CONFIG,
      runs: {
        type: 'string',
        requiresArg: true,
        describe: 'Runs of each, of which the median counts',
        defaultDescription: '1',
        group: 'Run:',
      },
    },
    load: async () => (await import('./race.ts')).race,
  },
  {
    name: 'enqueue',
    topic: 'Many machines',
    usage: '<source..>',
    about: SOURCE,
    describe: 'Put a list into a queue',
    options: 'enqueue',
    load: async () => (await import('./enqueue.ts')).enqueue,
  },
  {
    name: 'worker',
    topic: 'Many machines',
    usage: '',
    about: '',
    describe: 'Download from a queue',
    options: 'worker',
    load: async () => (await import('./worker.ts')).worker,
  },
  {
    name: 'queue',
    topic: 'Many machines',
    usage: '<name>',
    about: 'Name or address of the queue',
    describe: 'How a queue gets on',
    options: 'queue',
    flags: {
      watch: { type: 'boolean', describe: 'Again every two seconds', group: 'Output:' },
      dead: {
        type: 'boolean',
        describe: 'The addresses of shards that were put aside, with the reasons',
        group: 'Output:',
      },
      delete: {
        type: 'boolean',
        describe: 'Remove the queue and all that is known of it; images stay',
        group: 'Run:',
      },
    },
    load: async () => (await import('./queue.ts')).queue,
  },
  {
    name: 'merge',
    topic: 'Many machines',
    usage: '<dir..>',
    about: 'Folder of a worker',
    describe: "Make one folder of the workers' ones",
    options: 'merge',
    load: async () => (await import('./merge.ts')).merge,
  },
  {
    name: 'completion',
    topic: 'Also',
    usage: '<shell>',
    about: 'bash, zsh or fish',
    words: ['bash', 'zsh', 'fish'],
    describe: 'Print a script that completes commands and options',
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'licenses',
    topic: 'Also',
    usage: '',
    about: '',
    describe: 'Print the licences of all that is inside',
    load: async () => (await import('./licenses.ts')).licenses,
  },
];
