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

/** Texts that a package ships about its own and its embedded code's licences. */
function texts(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice|third-party)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

export function writeLicenses(root: string, file: string): void {
  const parts = [...packages(root)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => {
      const body = texts(join(root, 'node_modules', name)).join('\n\n');
      return `${name} ${one.version} (${one.license ?? 'see text'})\n\n${body}\n`;
    });
  const compiled = LIBRARIES.map(({ name, version, license, texts: files }) => {
    const folder = join(root, 'scripts/codecs/licenses');
    const body = files.map((one) => readFileSync(join(folder, one), 'utf8').trim()).join('\n\n');
    return `${name} ${version} (${license})\n\n${body}\n`;
  });
  const node = `Node.js (MIT and others): https://github.com/nodejs/node/blob/main/LICENSE\n`;
  const own = readFileSync(join(root, 'LICENSE'), 'utf8');
  writeFileSync(
    file,
    [`imgtrawl\n\n${own}`, node, ...compiled, ...parts].join(`\n${'-'.repeat(72)}\n\n`),
  );
}
