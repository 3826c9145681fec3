/**
 * The PNG fast path: inflate in WebAssembly, and rows added up as they come, so that no picture is held
 * and wasm-vips need not be loaded. It reads every kind of sound PNG; anything that is not right goes
 * to wasm-vips, whose word counts.
 */
export { digestPng } from './digest.ts';
