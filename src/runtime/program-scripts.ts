/**
 * The program as the executable holds it: two scripts, each with V8's code cache of it. The second, most of the
 * packages, waits until it is needed. Node can make such caches too, but only of what is compiled before anything
 * runs; `scripts/` makes these after a few jobs, so that they hold the functions that a job needs.
 */
import { Script } from 'node:vm';

/** Each is an asset `NAME.js`, with `NAME.cache` beside it where Node is the one that made that. */
export const SCRIPTS = ['imgtrawl', 'late'] as const;

export type ScriptName = (typeof SCRIPTS)[number];

/** A file of the executable, undefined when it holds none of that name. */
export type ReadAsset = (name: string) => Buffer | undefined;

type Packages = Record<string, () => unknown>;

export class ProgramScripts {
  readonly #read: ReadAsset;
  readonly #scripts = new Map<ScriptName, Script>();

  constructor(read: ReadAsset) {
    this.#read = read;
  }

  /** Those that were needed so far. */
  get loaded(): ReadonlyMap<ScriptName, Script> {
    return this.#scripts;
  }

  /** Runs the program, with the arguments in `process.argv`. `require` gives Node's modules. */
  run(require: NodeJS.Require): void {
    let packages: Packages | undefined;
    const late = (name: string): unknown => {
      packages ??= this.#load('late').runInThisContext()(require) as Packages;
      return packages[name]?.();
    };
    this.#load('imgtrawl').runInThisContext()(require, late);
  }

  #load(name: ScriptName): Script {
    const known = this.#scripts.get(name);
    if (known) return known;
    const text = this.#read(`${name}.js`);
    const cachedData = this.#read(`${name}.cache`);
    // The text is ASCII, and a string of this encoding has one byte for each letter.
    const script = new Script((text as Buffer).toString('latin1'), {
      filename: `${name}.js`,
      ...(cachedData !== undefined && { cachedData }),
    });
    if (script.cachedDataRejected && process.env['IMGTRAWL_DEBUG']) {
      process.stderr.write('imgtrawl: V8 did not take the code cache; every start is slower\n');
    }
    this.#scripts.set(name, script);
    return script;
  }
}
