/** Tries to take the lock of the folder at a given moment, says so, and holds it for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import { lockFolder, makeFolder } from '../../../src/store/mod.ts';

const [path = '', at = '0', holdMs = '0', heartbeatMs = '10000'] = process.argv.slice(2);
await sleep(Math.max(0, Number(at) - Date.now()));
try {
  using _lock = await lockFolder(makeFolder(path), { heartbeatMs: Number(heartbeatMs) });
  console.log('got it');
  await sleep(Number(holdMs));
} catch (error) {
  console.log((error as { code: string }).code);
}
