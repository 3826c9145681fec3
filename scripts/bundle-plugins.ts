/** What esbuild has to know of Node's modules and of packages, so that a start loads and compiles little. */
import { readFileSync } from 'node:fs';
import { maxHeaderSize } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What undici loads at once of Node's HTTP/2 and HTTP/1, and does without: a tenth of the start-up each. */
const UNDICI = [
  {
    file: 'dispatcher/client.js',
    early: "const connectH2 = require('./client-h2.js')",
    late: "const connectH2 = (...args) => require('./client-h2.js')(...args)",
  },
  {
    file: 'dispatcher/client.js',
    early: "const http = require('node:http')",
    late: `const http = { maxHeaderSize: ${maxHeaderSize} }`,
  },
  // It asks whether a stream is a message of Node's own server. There is none that we would send on.
  {
    file: 'core/util.js',
    early: "const { IncomingMessage } = require('node:http')",
    late: 'const IncomingMessage = undefined',
  },
];

export const lateHttp: Plugin = {
  name: 'late-http',
  setup({ onLoad }) {
    onLoad({ filter: /undici[/]lib[/](?:dispatcher[/]client|core[/]util)\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, 'utf8');
      for (const { file, early, late } of UNDICI) {
        if (!path.endsWith(file)) continue;
        if (!contents.includes(early)) throw new Error(`${path} does not hold "${early}" any more`);
        contents = contents.replace(early, late);
      }
      return { contents };
    });
  },
};

/** The names that its HTTP/1 client reads of llhttp's constants; the tables beside them take as long as a dozen modules. */
const LLHTTP_NAMES = ['ERROR', 'TYPE'];

export const fewConstants: Plugin = {
  name: 'few-constants',
  setup({ onLoad }) {
    onLoad({ filter: /undici[/]lib[/]llhttp[/]constants\.js$/ }, async ({ path }) => {
      const client = readFileSync(join(dirname(path), '../dispatcher/client-h1.js'), 'utf8');
      const used = [...client.matchAll(/\bconstants\.([A-Z]\w*)/g)].map(
        ([, name]) => name as string,
      );
      const unknown = used.find((name) => !LLHTTP_NAMES.includes(name));
      if (unknown !== undefined) throw new Error(`undici's client reads constants.${unknown}`);
      const all = (await import(path)).default;
      const some = Object.fromEntries(LLHTTP_NAMES.map((name) => [name, all[name]]));
      return { contents: `module.exports = ${JSON.stringify(some)};` };
    });
  },
};

/**
 * Modules of Node of which a run may need nothing, or nothing before its first request is under way: together they
 * take a sixth of the start-up.
 */
const LATE_MODULES = ['zlib', 'crypto', 'child_process', 'readline/promises', 'dns/promises'];

/** Each is loaded when something of it is first used. */
export const lateModules: Plugin = {
  name: 'late-modules',
  setup({ onLoad, onResolve }) {
    const filter = new RegExp(`^node:(?:${LATE_MODULES.join('|')})$`);
    onResolve({ filter }, ({ path, namespace }) =>
      namespace === 'late' ? { path, external: true } : { path, namespace: 'late' },
    );
    onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => ({
      contents: getters(await namesOf(path), `require('${path}')`),
    }));
  },
};

/** Packages that each run needs before its first request. All others go into a script of their own. */
const EARLY_PACKAGES = ['undici', 'zod', 'ipaddr.js', 'yargs-parser'];
/** Packages that modules of the start import, but only call later. */
const GETTER_PACKAGES = ['croner', 'jsonc-parser', 'tldts'];

/** What src/ imports of other packages is taken from the second script (`$late` of program-scripts.ts). */
export function latePackages(taken: Set<string>): Plugin {
  const isOf = (packages: readonly string[], path: string) =>
    packages.some((name) => path === name || path.startsWith(`${name}/`));
  return {
    name: 'late-packages',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
        const isOurs = importer.startsWith(join(root, 'src/'));
        if (!isOurs || path.startsWith('node:') || isOf(EARLY_PACKAGES, path)) return undefined;
        taken.add(path);
        return { path, namespace: 'late-package' };
      });
      onLoad({ filter: /./, namespace: 'late-package' }, async ({ path }) => {
        const names = await namesOf(path);
        const load = `$late('${path}')`;
        if (isOf(GETTER_PACKAGES, path)) return { contents: getters(names, load) };
        const some = names.map((name) =>
          name === 'default' ? 'export default $all.default;' : `export const { ${name} } = $all;`,
        );
        return { contents: [`const $all = ${load};`, ...some].join('\n') };
      });
    },
  };
}

/** A package with all its names and, where it has one, its default. */
export const wholePackages: Plugin = {
  name: 'whole',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^whole:/ }, ({ path }) => ({
      path: path.slice('whole:'.length),
      namespace: 'whole',
    }));
    onLoad({ filter: /./, namespace: 'whole' }, ({ path }) => {
      // Asked for in this way, a default may be missing.
      const rest = "export default Reflect.get($all, 'default');";
      const contents = `import * as $all from '${path}'; export * from '${path}'; ${rest}`;
      return { contents, resolveDir: root };
    });
  },
};

/** Each import of a default makes a copy of all that Node's module has, of this one forty times. */
export const oneProcess: Plugin = {
  name: 'one-process',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:process$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'global' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'global' }, () => ({ contents: 'export default process;' }));
  },
};

/** As an import would find them; `default` among them. */
const namesOf = async (module: string): Promise<string[]> =>
  Object.keys(await import(module)).filter((name) => /^\w+$/.test(name));

/** A CommonJS module whose parts are loaded when first asked for. Its users import names only. */
function getters(names: readonly string[], load: string): string {
  const each = names.filter((name) => name !== 'default');
  const parts = each.map((name) => `get ${name}() { return load().${name}; }`);
  return `let $all; const load = () => ($all ??= ${load}); module.exports = { ${parts.join(', ')} };`;
}
