/** Collects the licences of everything that travels inside the executable. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIBRARIES } from './codecs/libraries.ts';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Record<string, string>;
}

/** Production dependencies, their dependencies and so on, each once. */
function packages(root: string): Map<string, Package> {
  const found = new Map<string, Package>();
  const queue = Object.keys(read(root).dependencies ?? {});
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const folder = join(root, 'node_modules', name);
    if (found.has(name) || !existsSync(folder)) continue;
    const one = read(folder);
    found.set(name, one);
    queue.push(...Object.keys(one.dependencies ?? {}));
  }
  return found;
}

const read = (folder: string): Package =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

/** Texts of licences that packages name and do not ship, in codecs/licenses. */
const MISSING: Readonly<Record<string, readonly string[]>> = {
  '@resvg/resvg-wasm': ['resvg.txt', 'tiny-skia.txt'],
};

/** Texts about the licences of a package and of the code in it. */
function texts(root: string, name: string): string[] {
  const missing = MISSING[name];
  if (missing) return ownTexts(root, missing);
  const folder = join(root, 'node_modules', name);
  return readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice|third-party)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

function ownTexts(root: string, files: readonly string[]): string[] {
  const folder = join(root, 'scripts/codecs/licenses');
  return files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

export function writeLicenses(root: string, file: string): void {
  const parts = [...packages(root)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => {
      const body = texts(root, name).join('\n\n');
      return `${name} ${one.version} (${one.license ?? 'see text'})\n\n${body}\n`;
    });
  const compiled = LIBRARIES.map(({ name, version, license, texts: files }) => {
    return `${name} ${version} (${license})\n\n${ownTexts(root, files).join('\n\n')}\n`;
  });
  const node = `Node.js (MIT and others): https://github.com/nodejs/node/blob/main/LICENSE\n`;
  const own = readFileSync(join(root, 'LICENSE'), 'utf8');
  writeFileSync(
    file,
    [`imgtrawl\n\n${own}`, node, ...compiled, ...parts].join(`\n${'-'.repeat(72)}\n\n`),
  );
}
