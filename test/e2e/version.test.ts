import { expect, test } from 'vitest';
import { imgtrawl } from './run.ts';

test('--version tells version, commit, runtime and decoders', async () => {
  const { code, stdout } = await imgtrawl(['--version']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^imgtrawl \d+\.\d+\.\d+\n/);
  expect(stdout).toMatch(/^Node 26\.\d+\.\d+ \(V8 [\w.-]+\) on \w+ \w+$/m);
  expect(stdout).toMatch(
    /^dav1d [\d.]+, libjpeg-turbo [\d.]+, libwebp [\d.]+, resvg-wasm [\d.]+, wasm-vips [\d.]+: vips [\d.]+, .*png [\d.]+, webp [\d.]+, heif [\d.]+/m,
  );
});

test('starts with the code cache that the build made', async () => {
  const { stderr } = await imgtrawl(['--version'], { env: { IMGTRAWL_DEBUG: '1' } });
  expect(stderr).toBe('');
});

test('licenses prints those of what is inside', async () => {
  const { code, stdout } = await imgtrawl(['licenses']);
  expect(code).toBe(0);
  for (const name of ['imgtrawl', 'Node.js', 'undici', 'wasm-vips']) expect(stdout).toContain(name);
});

test('completion refuses a shell that it does not know', async () => {
  const { code, stderr } = await imgtrawl(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('expected one of bash, zsh, fish; got "tcsh"');
});
