/**
 * Makes dist/release/: an archive for each platform with program, manual page, completions and
 * licences, a bill of materials (CycloneDX) and SHA256SUMS. Only what runs here is tried out.
 *
 * node scripts/release.ts [PLATFORM..]      e.g. linux-x64; without: all
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '../src/cli/commands/mod.ts';
import { completionScript, SHELLS } from '../src/cli/completion/mod.ts';
import { manPage } from '../src/cli/man-page.ts';
import { LIBRARIES } from './codecs/libraries.ts';
import { buildExecutable } from './executable.ts';
import { type Entry, tarGz, zip } from './release/archive.ts';
import { fetchNode, PLATFORMS, type Platform } from './release/platforms.ts';
import { bom } from './release/sbom.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const target = join(dist, 'release');
const text = (path: string) => readFileSync(join(root, path));
const { version } = JSON.parse(text('package.json').toString()) as { version: string };
const git = (...args: string[]) => execFileSync('git', args, { cwd: root }).toString().trim();
/** The commit's, so that the same commit gives the same archives. */
const date = new Date(git('log', '-1', '--format=%cI'));
const say = (line: string) => process.stdout.write(`${line}\n`);

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (PLATFORMS.some((platform) => platform.name === name)) continue;
  const known = PLATFORMS.map((platform) => platform.name).join(', ');
  process.stderr.write(`release: expected some of ${known}; got "${name}"\n`);
  process.exit(2);
}

execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { cwd: root, stdio: 'inherit' });
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'imgtrawl-release-'));
const failed: string[] = [];
try {
  for (const platform of PLATFORMS) {
    if (wanted.length > 0 && !wanted.includes(platform.name)) continue;
    try {
      say(`${await release(platform)}${platform.remark ? ` (${platform.remark})` : ''}`);
    } catch (error) {
      failed.push(platform.name);
      say(`${platform.name}: could not be built here: ${(error as Error).message.split('\n')[0]}`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const parts = {
  lock: text('package-lock.json').toString(),
  vips: vipsParts(),
  compiled: LIBRARIES,
};
const materials = bom({ ...parts, version, node: process.versions.node, date });
writeFileSync(
  join(target, `imgtrawl-${version}.cdx.json`),
  `${JSON.stringify(materials, undefined, 2)}\n`,
);
await writeSums();
process.exitCode = failed.length > 0 ? 1 : 0;

/** Returns the archive's name. */
async function release(platform: Platform): Promise<string> {
  const isHere = platform.name === `${process.platform}-${process.arch}`;
  const program = join(scratch, platform.program);
  const node = isHere ? undefined : fetchNode(platform, scratch);
  buildExecutable({ dist, output: program, ...(node !== undefined && { node }) });
  if (isHere) tryOut(program);
  const name = `imgtrawl-${version}-${platform.name}`;
  const entries = entriesOf(name, platform, program);
  const isZip = platform.name.startsWith('win32');
  const file = `${name}${isZip ? '.zip' : '.tar.gz'}`;
  await (isZip ? zip : tarGz)(join(target, file), entries, date);
  rmSync(program);
  return file;
}

function entriesOf(folder: string, { program }: Platform, file: string): Entry[] {
  const entry = (name: string, data: Uint8Array | string, mode = 0o644): Entry => ({
    name: `${folder}/${name}`,
    data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
    mode,
  });
  return [
    entry(program, readFileSync(file), 0o755),
    entry('README.md', text('README.md')),
    entry('LICENSE', text('LICENSE')),
    entry('licenses.txt', readFileSync(join(dist, 'assets/licenses.txt'))),
    entry('imgtrawl.1', manPage(COMMANDS)),
    ...SHELLS.map((shell) =>
      entry(`completions/imgtrawl.${shell}`, completionScript(shell, COMMANDS)),
    ),
  ];
}

/** Throws when the program does not even say which one it is. */
function tryOut(program: string): void {
  const said = execFileSync(program, ['--version']).toString();
  if (!said.startsWith(`imgtrawl ${version}\n`)) throw new Error(`--version said ${said}`);
}

function vipsParts(): Record<string, string> {
  return JSON.parse(text('node_modules/wasm-vips/versions.json').toString());
}

/** As `sha256sum -c SHA256SUMS` reads them. */
async function writeSums(): Promise<void> {
  const lines: string[] = [];
  for (const name of (await readdir(target)).sort()) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(join(target, name))) hash.update(chunk);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  writeFileSync(join(target, 'SHA256SUMS'), lines.join(''));
}
