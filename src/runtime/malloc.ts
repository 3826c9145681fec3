/**
 * Large blocks go back to the system as soon as they are freed. Once one of its size has been freed, glibc
 * takes a block from its heaps, of which every thread has its own: files of 10 MB leave some seventy
 * megabytes of holes there (scripts/bench/memory.ts, all formats).
 */
import process from 'node:process';

/**
 * What <malloc.h> calls M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, in bytes: what is as large as the first is
 * taken from the system for itself; what lies free at the end of a heap goes back when it is more than the second.
 * Setting one ends glibc's habit of raising both. Smaller numbers cost time: fresh pages have to be zeroed.
 */
const SETTINGS = [
  [-3, 1 << 20],
  [-1, 8 << 20],
] as const;

interface Ffi {
  readonly DynamicLibrary: new (
    path: null,
  ) => {
    getFunction(
      name: string,
      signature: { readonly return: string; readonly arguments: readonly string[] },
    ): (...values: number[]) => number;
  };
}

/** Does nothing where there is another C library or another runtime. */
export function giveBackLargeBlocks(): void {
  if (process.platform !== 'linux') return;
  try {
    const { DynamicLibrary } = process.getBuiltinModule('node:ffi') as unknown as Ffi;
    const signature = { return: 'i32', arguments: ['i32', 'i32'] };
    const mallopt = new DynamicLibrary(null).getFunction('mallopt', signature);
    for (const [name, value] of SETTINGS) mallopt(name, value);
  } catch {}
}
