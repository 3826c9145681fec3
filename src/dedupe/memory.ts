/** The hot loops in WebAssembly (core/). Each instance has a memory of its own. */
import { moduleOf } from '../inspect/core-instance.ts';
import { CORE } from './core-code.ts';

export interface Core {
  readonly memory: WebAssembly.Memory;
  /** Memory from here on is for who has the instance. */
  readonly roomsFrom: { readonly value: number };
  normalEquations(
    fixed: number,
    moved: number,
    side: number,
    motion: number,
    scale: number,
    system: number,
  ): number;
  scan(
    page: number,
    count: number,
    query: number,
    hits: number,
    threshold: number,
    maxLow: number,
    maxScore: number,
    nearScore: number,
    leastNear: number,
    leastFar: number,
    maxTint: number,
  ): number;
}

let module: WebAssembly.Module | undefined;

export function newCore(): Core {
  module ??= moduleOf(CORE);
  return new WebAssembly.Instance(module).exports as unknown as Core;
}
