/** What a person sees, on a real terminal emulator (tmux). */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { png } from '../support/png.ts';
import { shapedServer } from '../support/shaped-server.ts';
import { executable, scratch } from './run.ts';

const hasTmux = spawnSync('tmux', ['-V'], { stdio: 'ignore' }).status === 0;
const IMAGES = 40;

/** A terminal of its own, with a shell that has nothing in its environment but what is given. */
function terminal(columns: number, rows: number, env: Record<string, string> = {}) {
  const name = `imgtrawl-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const tmux = (...args: string[]) =>
    execFileSync('tmux', ['-L', name, '-f', '/dev/null', ...args]).toString();
  const given = Object.entries({ PATH: process.env.PATH ?? '', TERM: 'screen', PS1: '$ ', ...env });
  const shell = ['env', '-i', ...given.map(([key, value]) => `${key}=${value}`), 'sh'];
  tmux('new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, ...shell);
  onTestFinished(() => void spawnSync('tmux', ['-L', name, 'kill-server']));
  return {
    type: (text: string) => void tmux('send-keys', text, 'Enter'),
    press: (key: string) => void tmux('send-keys', key),
    resize: (x: number, y: number) => void tmux('resize-window', '-x', `${x}`, '-y', `${y}`),
    /** All that was ever printed, lines that the terminal broke joined again. */
    history: () => tmux('capture-pane', '-p', '-J', '-S', '-').trimEnd().split('\n'),
    screen: () => tmux('capture-pane', '-p').trimEnd().split('\n'),
    isCursorShown: () => tmux('display', '-p', '#{cursor_flag}').trim() === '1',
    async until(seen: (lines: string[]) => boolean): Promise<string[]> {
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
        const lines = this.history();
        if (seen(lines)) return lines;
      }
      throw new Error(`not seen in time:\n${this.history().join('\n')}`);
    },
  };
}

async function slowSite() {
  const names = Array.from({ length: IMAGES }, (_, i) => `/picture-${i}.png`);
  const files = new Map<string, { type: string; body: string | Uint8Array }>([
    ['/', { type: 'text/html', body: names.map((name) => `<img src="${name}">`).join('') }],
    ...names.map((name, i) => [name, { type: 'image/png', body: png(16, i) }] as const),
  ]);
  return await shapedServer(files, { latencyMs: 300 });
}

const BLOCK = /\d+\/\d+\+? images|in flight|Looking for images|━|─/;

/** What is typed before the shell is ready has its prompt behind it, and then the output in the same line. */
const says = (text: string) => (lines: readonly string[]) =>
  lines.some((line) => line.replace(/^(?:\$ )+/, '') === text);

describe.runIf(hasTmux)('on a terminal', () => {
  test('the block goes away at the end, and every result line is there once', async () => {
    await using site = await slowSite();
    const one = terminal(80, 24);
    one.type(
      `${executable} ${site.origin}/ -o ${join(scratch(), 'o')} -j 4 --dedupe exact; echo end`,
    );
    await one.until((lines) => lines.some((line) => /\d+\/40 images +\d+ %/.test(line)));
    expect(one.isCursorShown()).toBe(false);
    const lines = await one.until(says('end'));
    expect(lines.filter((line) => BLOCK.test(line))).toEqual([]);
    for (let i = 0; i < IMAGES; i++) {
      const own = lines.filter((line) => line.startsWith(`picture-${i}.png was downloaded`));
      expect(own).toHaveLength(1);
    }
    const counts = lines.findIndex((line) => line.startsWith('40 images: 40 saved'));
    expect(lines[counts + 1]).toMatch(/^Finished in /);
    expect(lines[counts + 2]).toMatch(/^I\/O-bound: /);
    expect(one.isCursorShown()).toBe(true);
  });

  test('a terminal that gets narrower and wider again loses no line', async () => {
    await using site = await slowSite();
    const one = terminal(80, 24);
    one.type(
      `${executable} ${site.origin}/ -o ${join(scratch(), 'o')} -j 4 --dedupe exact; echo end`,
    );
    await one.until((lines) => lines.some((line) => /\d+\/40 images +\d+ %/.test(line)));
    one.resize(40, 15);
    await sleep(500);
    for (const line of one.screen()) expect(line.length).toBeLessThanOrEqual(40);
    one.resize(80, 24);
    const lines = await one.until(says('end'));
    // tmux breaks lines at once and says so up to 250 ms later: what is drawn in between may leave a
    // rest, which is the lesser evil beside a result that is gone.
    expect(lines.filter((line) => BLOCK.test(line)).length).toBeLessThanOrEqual(4);
    for (let i = 0; i < IMAGES; i++) {
      expect(lines.filter((line) => line.startsWith(`picture-${i}.png was`))).toHaveLength(1);
    }
  });

  test('Ctrl-C leaves a shell as it was', async () => {
    await using site = await slowSite();
    const one = terminal(80, 24);
    one.type(
      `${executable} ${site.origin}/ -o ${join(scratch(), 'o')} -j 2 --dedupe exact; echo code $?`,
    );
    await one.until((lines) => lines.some((line) => /[1-9]\d*\/40 images/.test(line)));
    one.press('C-c');
    const lines = await one.until(says('code 130'));
    expect(lines.filter((line) => BLOCK.test(line))).toEqual([]);
    expect(one.isCursorShown()).toBe(true);
  });

  test.each([
    ['a dumb terminal', { TERM: 'dumb' }, ''],
    ['CI', { CI: 'true' }, ''],
    ['--no-progress', {}, '--no-progress'],
    ['-q', {}, '-q'],
  ])('%s: no block, no escape sequence', async (_, env, flag) => {
    await using site = await slowSite();
    const folder = scratch();
    const one = terminal(80, 24, env as Record<string, string>);
    const log = join(folder, 'log');
    // script(1) keeps what the terminal was sent.
    const command = `${executable} ${site.origin}/ -o ${join(folder, 'o')} --dedupe exact ${flag}`;
    one.type(`script -qec '${command}' ${log} > /dev/null; echo end`);
    await one.until(says('end'));
    expect(execFileSync('cat', [log]).toString()).not.toContain('\u001b[');
  });

  test('NO_COLOR: a block without colours', async () => {
    await using site = await slowSite();
    const folder = scratch();
    const one = terminal(80, 24, { NO_COLOR: '1' });
    const log = join(folder, 'log');
    const command = `${executable} ${site.origin}/ -o ${join(folder, 'o')} --dedupe exact`;
    one.type(`script -qec '${command}' ${log} > /dev/null; echo end`);
    await one.until(says('end'));
    const sent = execFileSync('cat', [log]).toString();
    expect(sent).toContain('images');
    expect(sent).toContain('\u001b[?25l');
    // SGR: colours and dim.
    expect(sent).not.toMatch(/\u001b\[[\d;]*m/);
  });
});
