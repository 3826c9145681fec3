/** dav1d by its own build, with one object file for each depth of samples, and our wrapper around it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FLAGS, link, run, unpack } from './compile.ts';
import { DAV1D } from './libraries.ts';

/** What reads bits; see padding.c. */
const READERS = ['bit', 'bits', 'sbits', 'uleb128', 'uniform', 'vlc', 'bits_subexp'];

/** Returns where the source lies. */
export async function compileDav1d(root: string, folder: string): Promise<string> {
  const source = await unpack(DAV1D, folder);
  const build = join(folder, 'dav1d-build');
  const machine = join(folder, 'wasm32.ini');
  writeFileSync(machine, MACHINE);
  const settings = [
    `--cross-file=${machine}`,
    '--buildtype=release',
    '--default-library=static',
    '-Dlogging=false',
    ...['asm', 'tools', 'tests', 'examples'].map((name) => `-Denable_${name}=false`),
  ];
  rmSync(build, { recursive: true, force: true });
  run('meson', ['setup', build, source, ...settings], folder);
  run('ninja', ['-C', build, 'src/libdav1d.a'], folder);
  const avif = join(root, 'src/inspect/avif');
  const planes = join(root, 'src/inspect/planes');
  link({
    inputs: [
      join(avif, 'dav1d.c'),
      join(avif, 'padding.c'),
      join(planes, 'planes.c'),
      join(build, 'src/libdav1d.a'),
    ],
    includes: [planes, source, join(source, 'include'), build, join(build, 'include')],
    wrapped: READERS.map((name) => `dav1d_get_${name}`),
    output: join(root, 'src/inspect', DAV1D.output),
  });
  return source;
}

const MACHINE = `[binaries]
c = 'emcc'
ar = 'emar'
[built-in options]
c_args = [${FLAGS.map((flag) => `'${flag}'`).join(', ')}]
[host_machine]
system = 'emscripten'
cpu_family = 'wasm32'
cpu = 'wasm32'
endian = 'little'
`;
