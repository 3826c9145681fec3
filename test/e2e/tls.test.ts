/** A server whose certificate nobody vouches for but the user. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { encode } from '../../fixtures/encode.ts';
import type { Site } from '../../fixtures/gallery.ts';
import { photo } from '../../fixtures/photo.ts';
import { serve } from '../../fixtures/serve.ts';
import { TEST_CA, TEST_CERTIFICATE, TEST_KEY } from '../support/certificates.ts';
import { images, imgtrawl, scratch } from './run.ts';

const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE };
let site: Site;

beforeAll(async () => {
  const body = await encode(photo(1, 320, 240), '.jpg');
  site = new Map([['/a.jpg', { type: 'image/jpeg', body }]]);
});

test('is not trusted, and nothing is saved', async () => {
  await using server = await serve(site, { tls });
  const cwd = scratch();
  const ran = await imgtrawl([`${server.origin}/a.jpg`, '-o', 'out', '--json'], { cwd });
  // Nothing came of what was named: 3.
  expect(ran.code).toBe(3);
  expect(ran.stderr).toContain('[tls]');
  expect(images(join(cwd, 'out'))).toEqual([]);
});

test('is trusted with --ca, without a word', async () => {
  await using server = await serve(site, { tls });
  const cwd = scratch();
  writeFileSync(join(cwd, 'ca.pem'), TEST_CA);
  const args = [`${server.origin}/a.jpg`, '-o', 'out', '--ca', 'ca.pem', '-q'];
  const ran = await imgtrawl(args, { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(images(join(cwd, 'out'))).toEqual(['a.jpg']);
});

test('is taken as it is with --insecure, with a warning; in a job, too', async () => {
  await using server = await serve(site, { tls });
  const cwd = scratch();
  const ran = await imgtrawl([`${server.origin}/a.jpg`, '-o', 'out', '--insecure'], { cwd });
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Warning: --insecure: /) });
  expect(images(join(cwd, 'out'))).toEqual(['a.jpg']);

  const jobs = { inside: { sources: [`${server.origin}/a.jpg`], insecure: true } };
  writeFileSync(join(cwd, 'imgtrawl.json'), JSON.stringify({ jobs }));
  const job = await imgtrawl(['run'], { cwd });
  expect(job.code).toBe(0);
  expect(job.stderr.match(/Warning: --insecure/g)).toHaveLength(1);
});

test('--ca without a certificate in it is an error that names the file', async () => {
  const cwd = scratch();
  const cut = TEST_CA.replace(/\n.*\n(?=-----END)/, '\n');
  for (const [text, why] of [
    ['nothing of the kind', 'The CA file ca.pem holds no certificate in PEM'],
    [TEST_CA + cut, 'Certificate 2 of 2 in the CA file ca.pem cannot be read'],
  ] as const) {
    writeFileSync(join(cwd, 'ca.pem'), text);
    const ran = await imgtrawl(['https://127.0.0.1:1/a.jpg', '--ca', 'ca.pem'], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(why);
  }
});
