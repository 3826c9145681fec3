/**
 * What the executable runs first: takes the program out of its assets, with V8's code cache of it.
 * Node can make such a cache too, but only of what is compiled before anything runs; `scripts/` makes
 * this one after a few jobs, so that it holds the functions that a job needs.
 */

import process from 'node:process';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { Script } from 'node:vm';

/** The executable's own: it gives Node's modules. */
declare const require: NodeJS.Require;

const cached = getAssetKeys().includes('imgtrawl.cache');
// The text is ASCII, and a string of this encoding has one byte for each letter.
const script = new Script(asset('imgtrawl.js').toString('latin1'), {
  filename: 'imgtrawl.js',
  ...(cached && { cachedData: asset('imgtrawl.cache') }),
});
if (script.cachedDataRejected && process.env['IMGTRAWL_DEBUG']) {
  process.stderr.write('imgtrawl: V8 did not take the code cache; every start is slower\n');
}
// When nothing is left to wait for, all is written and closed; Node would go on to take its heap apart,
// which lasts longer than the end of a small job.
process.on('beforeExit', () => process.exit());
script.runInThisContext()(require);

function asset(name: string): Buffer {
  return Buffer.from(getRawAsset(name) as ArrayBuffer);
}
