/** Replaced when bundling by the version in package.json, the commit that was built, and the decoders inside. */
import process from 'node:process';

declare const IMGTRAWL_VERSION: string | undefined;
declare const IMGTRAWL_COMMIT: string | undefined;
declare const IMGTRAWL_DECODERS: string | undefined;

export const VERSION = typeof IMGTRAWL_VERSION === 'string' ? IMGTRAWL_VERSION : '0.0.0-source';
export const COMMIT = typeof IMGTRAWL_COMMIT === 'string' ? IMGTRAWL_COMMIT : '';
const DECODERS = typeof IMGTRAWL_DECODERS === 'string' ? IMGTRAWL_DECODERS : 'wasm-vips';

/** What --version prints: version, commit, runtime, decoders; a line each. */
export function versionText(): string {
  const { deno, node, v8 } = process.versions as Record<string, string | undefined>;
  const runtime = deno === undefined ? `Node ${node}` : `Deno ${deno}`;
  return [
    `imgtrawl ${VERSION}`,
    ...(COMMIT === '' ? [] : [`commit ${COMMIT}`]),
    `${runtime} (V8 ${v8}) on ${process.platform} ${process.arch}`,
    DECODERS,
    '',
  ].join('\n');
}
