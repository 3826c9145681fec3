import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/mod.ts';
import { completionScript, type Shell } from '../../src/cli/completion/mod.ts';
import { manPage } from '../../src/cli/man-page.ts';
import { overview } from '../../src/cli/overview.ts';
import { parse } from '../../src/cli/parse.ts';

const has = (program: string) =>
  spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgtrawl-help-'));
  mkdirSync(join(folder, 'pictures and more'));
  writeFileSync(join(folder, 'page one.html'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the first screen fits 80×24, with the prompt below it', () => {
  const lines = overview(COMMANDS).split('\n');
  expect(lines.length).toBeLessThanOrEqual(23);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  for (const { name } of COMMANDS) expect(overview(COMMANDS)).toContain(name);
});

describe('a word that is nearly a command', () => {
  test.each([
    ['lsit', 'list'],
    ['shedule', 'schedule'],
    ['Hash', 'hash'],
  ])('%s → %s', async (word, near) => {
    await expect(parse([word, 'https://a.example/'], COMMANDS)).rejects.toThrow(
      `did you mean imgtrawl ${near}?`,
    );
  });

  test.each([['localhost'], ['list.txt'], ['-'], ['https://a.example/lsit'], [tmpdir()]])(
    '%s is a source',
    async (word) => {
      expect(await parse([word], COMMANDS)).toMatchObject({ entry: { name: 'get' }, args: [word] });
    },
  );
});

describe('completion', () => {
  test.each<[Shell]>([['bash'], ['zsh'], ['fish']])('%s accepts its script', (shell) => {
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, completionScript(shell, COMMANDS));
    if (has(shell)) execFileSync(shell, ['-n', file]);
    // Whether or not the shell is there: every command and every flag of the commands is in it.
    const text = completionScript(shell, COMMANDS);
    for (const { name } of COMMANDS) expect(text).toContain(name);
    expect(text).toContain('per-host');
  });

  /** What bash offers for the words so far, the last of which is being typed. */
  function offered(...words: string[]): string[] {
    const file = join(folder, 'completion.bash');
    writeFileSync(file, completionScript('bash', COMMANDS));
    const quoted = ['imgtrawl', ...words].map((word) => `'${word}'`).join(' ');
    const script = `source ${file}
spec=$(complete -p imgtrawl); [[ $spec == *"-F _imgtrawl"* ]] || exit 9
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
_imgtrawl
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync('bash', ['--norc', '-c', script], { cwd: folder }).toString();
    return out.split('\n').filter(Boolean).sort();
  }

  describe.runIf(has('bash'))('bash', () => {
    test('offers commands and files as the first word', () => {
      expect(offered('sche')).toEqual(['schedule']);
      expect(offered('pa')).toEqual(['page one.html']);
    });

    test('offers the flags of the command', () => {
      expect(offered('list', '--dep')).toEqual(['--depth']);
      expect(offered('--per-h')).toEqual(['--per-host']);
      expect(offered('schedule', '--per-h')).toEqual([]);
      expect(offered('race', '--run')).toEqual(['--runs']);
    });

    test('offers what a flag takes', () => {
      expect(offered('--dedupe', 'e')).toEqual(['exact']);
      expect(offered('--dedupe', '=', 'e')).toEqual(['exact']);
      expect(offered('--dedupe', '=')).toEqual(['exact', 'near', 'off']);
      expect(offered('https://a.example/', '-o', 'p')).toEqual(['pictures and more']);
      expect(offered('--timeout', 'p')).toEqual([]);
    });

    test('offers the words of an argument', () => {
      expect(offered('config', '')).toEqual(['check', 'init', 'schema']);
      expect(offered('completion', 'f')).toEqual(['fish']);
    });
  });
});

describe('the manual page', () => {
  const page = manPage(COMMANDS);

  test('names every command and every option', () => {
    for (const { name } of COMMANDS) expect(page).toContain(`\n.B ${name}`);
    expect(page).toContain('\\fB\\-\\-per\\-host\\fR \\fIN\\fR');
    expect(page).toContain('\\fB\\-\\-out\\fR, \\fB\\-o\\fR \\fIDIR\\fR');
  });

  test.runIf(has('man') && has('groff'))('is laid out without a warning', () => {
    const file = join(folder, 'imgtrawl.1');
    writeFileSync(file, page);
    const env = { ...process.env, MANROFFSEQ: '', LC_ALL: 'C.UTF-8', MANWIDTH: '80' };
    const ran = spawnSync('man', ['--warnings', '-l', file], { env });
    expect(ran.stderr.toString()).toBe('');
    expect(ran.stdout.toString()).toMatch(/--near-threshold BITS\n +PDQ bits/);
  });

  test.runIf(has('mandoc'))('is right for mandoc', () => {
    const ran = spawnSync('mandoc', ['-Tlint', '-Wwarning'], { input: page });
    expect(ran.stdout.toString()).not.toMatch(/ERROR|UNSUPP/);
  });
});
