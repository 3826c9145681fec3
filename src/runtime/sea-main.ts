/** What the executable runs first: takes the program out of its assets. */
import process from 'node:process';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { ProgramScripts } from './program-scripts.ts';

/** The executable's own: it gives Node's modules. */
declare const require: NodeJS.Require;

const assets = new Set(getAssetKeys());
// When nothing is left to wait for, all is written and closed; Node would go on to take its heap apart,
// which lasts longer than the end of a small job.
process.on('beforeExit', () => process.exit());
new ProgramScripts((name) =>
  assets.has(name) ? Buffer.from(getRawAsset(name) as ArrayBuffer) : undefined,
).run(require);
