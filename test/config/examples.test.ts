import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { natsMissing } from '../../fixtures/nats-server.ts';
import { flagName, OPTIONS, type OptionName } from '../../src/config/schema.ts';
import { scratch } from '../e2e/run.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const examples = readdirSync(join(docs, 'examples')).map((name) => join('examples', name));
const names = Object.keys(OPTIONS) as OptionName[];
const flags = new Set(names.map((name) => `--${flagName(name)}`));
/** Of single commands, so no options of the table. */
const OWN = ['--dead', '--delete', '--watch', '--repair', '--format'];

describe.each(['many-machines.md', ...examples])('docs/%s', (name) => {
  const text = readFileSync(join(docs, name), 'utf8');

  test('names only options that there are', () => {
    const commands = text.split('\n').filter((line) => /\bimgtrawl [a-z*./"-]/.test(line));
    const used = commands.flatMap((line) => {
      const ours = line.slice(line.search(/\bimgtrawl [a-z*./"-]/));
      return ours.match(/(?<= )--[a-z][a-z0-9-]*/g) ?? [];
    });
    for (const flag of used) expect([...flags, ...OWN]).toContain(flag);
  });

  test('names only variables that there are', () => {
    const known = [...flags].map((flag) =>
      flag.replace(/^--/, 'IMGTRAWL_').replaceAll('-', '_').toUpperCase(),
    );
    for (const variable of text.match(/IMGTRAWL_[A-Z_]+/g) ?? []) expect(known).toContain(variable);
  });
});

test.skipIf(natsMissing)('the configuration of three servers is one that NATS reads', () => {
  const text = readFileSync(join(docs, 'examples/nats-compose.yaml'), 'utf8');
  const config = text
    .slice(text.indexOf('content: |') + 'content: |'.length)
    // What docker compose puts in.
    .replaceAll('$$', '$')
    .replace(/\$\{[A-Z_]+(?::\?[^}]*)?\}/g, 'secret')
    // Of NATS 2.10 and newer.
    .replace(/^\s*sync_interval: always$/m, '');
  const file = join(scratch(), 'nats.conf');
  writeFileSync(file, config);
  const { status, stderr } = spawnSync('nats-server', ['-t', '-c', file], { encoding: 'utf8' });
  expect(stderr).toContain('is valid');
  expect(status).toBe(0);
});
