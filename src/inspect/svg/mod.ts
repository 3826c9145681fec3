/**
 * The SVG fast path: resvg in a WebAssembly module of its own, which draws twice as fast as the one in
 * wasm-vips, so that drawings alone do not have that loaded. What this older resvg draws otherwise goes to
 * wasm-vips, and so does all that it refuses or fails at.
 */
export { digestSvg } from './digest.ts';
