import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import { grain, type Picture, photo } from '../../fixtures/photo.ts';
import type { WorkerHandle } from '../../src/concurrency/mod.ts';
import { createInspector } from '../../src/inspect/mod.ts';
import { loadAsset } from '../../src/runtime/assets.ts';
import { encodeFrame, FrameReader } from '../../src/runtime/frames.ts';
import { startProcessWorker } from '../../src/runtime/process-worker.ts';
import { compiled, startWebWorker } from '../../src/runtime/web-worker.ts';
import { ensureWorker } from '../inspect/assets.ts';

beforeAll(ensureWorker);

/** A bundle in the worker's place that tries to get out, and says what it could do. */
const ESCAPE = `
onmessage = async ({ data }) => {
  if (data.type === 'init') return postMessage({ type: 'ready' });
  const out = {};
  const note = async (name, run) => {
    try { await run(); out[name] = 'allowed'; } catch (error) { out[name] = 'denied'; }
  };
  const builtin = (name) => (globalThis.Deno
    ? import('node:' + name)
    : process.getBuiltinModule(name));
  await note('read', async () => (await builtin('fs')).readFileSync('/etc/hostname'));
  await note('write', async () => (await builtin('fs')).writeFileSync('/tmp/imgtrawl-escaped', 'x'));
  await note('process', async () => {
    const { error } = (await builtin('child_process')).spawnSync('true');
    if (error) throw error;
  });
  await note('network', async () => {
    const response = await fetch(data.task.url);
    await response.text();
  });
  await note('environment', async () => {
    if (!globalThis.Deno) throw new Error('only asked on Deno');
    Deno.env.toObject();
  });
  postMessage({ id: data.id, ok: true, value: out });
};`;

function ask(worker: WorkerHandle, task: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onMessage((message) => resolve((message as { value: unknown }).value));
    worker.onExit((reason) => reject(reason ?? new Error('it exited')));
    worker.post({ id: 1, task });
  });
}

describe('a worker process', () => {
  test('may touch no file, no process and no network', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((_, response) => response.end('reached'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/`;
    expect(await (await fetch(url)).text()).toBe('reached');
    const worker = await startProcessWorker(new TextEncoder().encode(ESCAPE));
    const result = await ask(worker, { url });
    await worker.terminate();
    server.close();
    expect(result).toEqual({
      read: 'denied',
      write: 'denied',
      process: 'denied',
      network: 'denied',
      environment: 'denied',
    });
  });

  test('inspects as a thread does, and its loss costs one image', async () => {
    const files = [
      await encode(photo(4, 300, 200), '.jpg'),
      await encode(photo(4, 300, 200), '.png'),
    ];
    const thread = createInspector({ workers: 1 });
    const apart = createInspector({ workers: 1, isolate: 'process' });
    for (const file of files) {
      expect(await apart.inspect(file)).toEqual(await thread.inspect(file));
    }
    await thread[Symbol.asyncDispose]();
    await apart[Symbol.asyncDispose]();
  });

  test('that talks nonsense or dies is reported', async () => {
    const dying = `onmessage = ({ data }) => {
      if (data.type === 'init') postMessage({ type: 'ready' });
      else throw new Error('hit');
    };`;
    const worker = await startProcessWorker(new TextEncoder().encode(dying));
    await expect(ask(worker, {})).rejects.toThrow(/ended/);
    await worker.terminate();
  });
});

/** A pattern of 24 × 16, lossy (cjxl -d 8): no library of the tests writes JPEG XL. */
const JXL = Buffer.from(
  '/woDQUJxIQoBAACIAAA4AFgAWEo4QLztoosMOMsCikAReImEcsI/iQ8NTo1MAQDgwwSiAQCQAeFRGACACpVRxg1ezvV8+aHD' +
    'YtrGdYa22rYAAAAAHsDAkkQohSQOUb1Y4XhG3zpQIQVSbJe6yIsXY4wXGbn6JGSSiyCDmE2UF53uHiBukVzl1Tl7T1up0/y1' +
    '3YJKKr6d1gYT4Gk=',
  'base64',
);

test('the decoder is loaded only when an image needs it, with the parts that it needs', async () => {
  const asked: string[] = [];
  const worker = await startWebWorker({
    bundle: new Blob([loadAsset('inspect-worker.js')], { type: 'text/javascript' }),
    part({ part }) {
      asked.push(part);
      return compiled(part, loadAsset(part));
    },
  });
  const limits = { pixels: true, dihedral: false, maxPixels: 1e8, memory: 4e7 };
  const inspect = async (suffix: string, picture: Picture = photo(2, 90, 60)) =>
    ask(worker, { ...limits, bytes: await encode(picture, suffix) });
  await inspect('.jpg');
  expect(asked).toEqual([]);
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"/>';
  const drawn = await ask(worker, { ...limits, bytes: new TextEncoder().encode(drawing) });
  expect(drawn).toMatchObject({ format: 'svg', width: 90, height: 60 });
  await inspect('.webp');
  expect(await inspect('.avif')).toMatchObject({ format: 'avif', width: 90, height: 60 });
  expect(asked).toEqual(['resvg.wasm', 'libwebp.wasm', 'dav1d.wasm']);
  // Textures, of which every pixel has to be seen.
  await inspect('.jpg', grain(900, 600));
  await inspect('.jpg[interlace]', grain(300, 200));
  expect(asked.slice(3)).toEqual(['libjpeg.wasm']);
  await inspect('.webp', grain(900, 600));
  expect(asked.slice(4)).toEqual([]);
  await inspect('.png', grain(900, 600));
  await inspect('.gif[bitdepth=4]', grain(900, 600));
  await inspect('.tif', grain(900, 600));
  await inspect('.png', grain(300, 200));
  expect(asked.slice(4)).toEqual(['reduce.wasm']);
  await inspect('.png[interlace]', grain(300, 200));
  expect(asked.slice(5)).toEqual(['vips.wasm']);
  const filtered = drawing.replace('/>', '><filter/></svg>');
  const left = await ask(worker, { ...limits, bytes: new TextEncoder().encode(filtered) });
  expect(left).toMatchObject({ format: 'svg', width: 90, height: 60 });
  const jxl = await ask(worker, { ...limits, bytes: Uint8Array.from(JXL) });
  expect(jxl).toMatchObject({ format: 'jxl', width: 24, height: 16, quality: 100 });
  await inspect('.png[interlace]', grain(300, 200));
  expect(asked.slice(6)).toEqual([
    ...['vips.wasm', 'vips-resvg.wasm'],
    ...['vips.wasm', 'vips-resvg.wasm', 'vips-jxl.wasm'],
  ]);
  await worker.terminate();
});

test('the bundle starts as many threads on every machine', () => {
  const text = new TextDecoder().decode(loadAsset('inspect-worker.js'));
  expect(text).not.toContain('hardwareConcurrency>');
});

describe('frames', () => {
  const message = { id: 3, task: { bytes: Uint8Array.of(1, 2, 3), text: 'ä', none: null } };

  test('come through in one piece or in many', () => {
    const whole = Buffer.concat([...encodeFrame(message), ...encodeFrame({ id: 4 })]);
    for (const size of [1, 3, 7, 1000]) {
      const reader = new FrameReader();
      const got: unknown[] = [];
      for (let at = 0; at < whole.length; at += size)
        got.push(...reader.push(whole.subarray(at, at + size)));
      expect(got).toEqual([message, { id: 4 }]);
    }
  });

  test('a Buffer is bytes too', () => {
    const [got] = new FrameReader().push(Buffer.concat(encodeFrame({ b: Buffer.from('abc') })));
    expect(got).toEqual({ b: Uint8Array.of(97, 98, 99) });
  });

  test('a length that cannot be is refused', () => {
    expect(() => new FrameReader().push(new Uint8Array(8).fill(255))).toThrow(/nonsense/);
  });
});

const deno = ['--yes', 'deno@2.9.6'];
const hasDeno = spawnSync('npx', [...deno, '--version'], { timeout: 60_000 }).status === 0;

test.skipIf(!hasDeno)('on Deno the worker has no permission at all, though the program has', () => {
  const module = fileURLToPath(new URL('../../src/runtime/web-worker.ts', import.meta.url));
  const script = `
    import { startWebWorker } from ${JSON.stringify(`file://${module}`)};
    const bundle = new Blob([${JSON.stringify(ESCAPE)}], { type: 'text/javascript' });
    const worker = await startWebWorker({ bundle, part() { throw new Error('not asked for'); } });
    const done = Promise.withResolvers();
    worker.onMessage((message) => done.resolve(message.value));
    worker.post({ id: 1, task: { url: 'http://127.0.0.1:9/' } });
    console.log(JSON.stringify(await done.promise));
    await worker.terminate();`;
  const flags = ['run', '--quiet', '-A', '--unstable-worker-options', '-'];
  const output = execFileSync('npx', [...deno, ...flags], { input: script, encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({
    read: 'denied',
    write: 'denied',
    process: 'denied',
    network: 'denied',
    environment: 'denied',
  });
});
