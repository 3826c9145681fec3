/** @param text WebAssembly in base64, as scripts/wasm-cores.ts writes it down */
export function coreModule(text: string): WebAssembly.Module {
  return new WebAssembly.Module(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
}
