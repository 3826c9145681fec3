/** What reduces pictures as libvips does: part of the decoders, and a module of its own for rows that come from elsewhere. */
import { join } from 'node:path';
import { link } from './compile.ts';
import { REDUCE } from './libraries.ts';

/** C that is compiled into each of them, in its folder. */
export function reducing(folder: string): string[] {
  return ['axis', 'reduce', 'enlarge', 'pixels'].map((name) => join(folder, `${name}.c`));
}

export function compileReduce(root: string): void {
  const own = join(root, 'src/inspect/reduce');
  link({
    inputs: [join(own, 'rows.c'), ...reducing(own)],
    includes: [],
    flags: ['-O2', '-flto'],
    output: join(root, 'src/inspect', REDUCE),
  });
}
