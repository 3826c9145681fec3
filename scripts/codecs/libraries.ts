/** The C libraries that are compiled to WebAssembly here, and what of the compiler travels with them. */

export interface Library {
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly license: string;
  /** What it says is in licenses/, in files of these names. */
  readonly texts: readonly string[];
}

export interface Source extends Library {
  /** Unmodified, as its authors publish it. */
  readonly url: string;
  readonly sha256: string;
  /** The .wasm file made of it, below src/inspect. */
  readonly output: string;
}

const DEBIAN = 'http://deb.debian.org/debian/pool/main';

export const DAV1D: Source = {
  name: 'dav1d',
  version: '1.5.1',
  license: 'BSD-2-Clause',
  texts: ['dav1d.txt'],
  url: `${DEBIAN}/d/dav1d/dav1d_1.5.1.orig.tar.xz`,
  sha256: '401813f1f89fa8fd4295805aa5284d9aed9bc7fc1fdbe554af4292f64cbabe21',
  output: 'avif/dav1d.wasm',
};

export const LIBWEBP: Source = {
  name: 'libwebp',
  version: '1.5.0',
  license: 'BSD-3-Clause',
  texts: ['libwebp.txt', 'libwebp-patents.txt'],
  url: `${DEBIAN}/libw/libwebp/libwebp_1.5.0.orig.tar.gz`,
  sha256: '7d6fab70cf844bf6769077bd5d7a74893f8ffd4dfb42861745750c63c2a5c92c',
  output: 'webp/libwebp.wasm',
};

export const LIBJPEG: Source = {
  name: 'libjpeg-turbo',
  version: '2.1.5',
  license: 'IJG AND BSD-3-Clause AND Zlib',
  texts: ['libjpeg-turbo.txt', 'libjpeg-turbo-ijg.txt'],
  url: `${DEBIAN}/libj/libjpeg-turbo/libjpeg-turbo_2.1.5.orig.tar.gz`,
  sha256: '254f3642b04e309fee775123133c6464181addc150499561020312ec61c1bf7c',
  output: 'jpeg/whole/libjpeg.wasm',
};

/** musl, emmalloc and what else emcc links. */
export const EMSCRIPTEN: Library = {
  name: 'emscripten',
  version: '3.1.6',
  license: 'MIT',
  texts: ['emscripten.txt', 'musl.txt'],
};

/** Those that decode. */
export const CODECS: readonly Source[] = [DAV1D, LIBJPEG, LIBWEBP];

/** The one that is none of theirs. */
export const REDUCE = 'reduce/reduce.wasm';

/** All of those files. */
export const OUTPUTS: readonly string[] = [...CODECS.map(({ output }) => output), REDUCE];

export const LIBRARIES: readonly Library[] = [...CODECS, EMSCRIPTEN];
