import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findCredentials } from '../../src/bucket/credentials.ts';

const home = mkdtempSync(join(tmpdir(), 'imgtrawl-credentials-'));
afterAll(() => rmSync(home, { recursive: true }));
mkdirSync(join(home, '.aws'));
const file = join(home, '.aws', 'credentials');
writeFileSync(
  file,
  `\uFEFF# keys\r
[default]\r
aws_access_key_id = AKIADEFAULT\r
aws_secret_access_key=wJalr/+=hidden\r
; a remark
[ night ]
AWS_ACCESS_KEY_ID=AKIANIGHT
aws_secret_access_key = hidden-night
aws_session_token = hidden-token
s3 =
  max_concurrent_requests = 20
[half]
aws_access_key_id = AKIAHALF
[broken]
aws_access_key_id = AKIA BROKEN
aws_secret_access_key = hidden
`,
);

test('the environment comes first', async () => {
  const env = { HOME: home, AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: ' hidden\n' };
  expect(await findCredentials(env)).toEqual({ accessKeyId: 'AKIAENV', secretAccessKey: 'hidden' });
  expect(await findCredentials({ ...env, AWS_SESSION_TOKEN: 'tok' })).toMatchObject({
    sessionToken: 'tok',
  });
});

test('then a profile of the file', async () => {
  expect(await findCredentials({ HOME: home })).toEqual({
    accessKeyId: 'AKIADEFAULT',
    secretAccessKey: 'wJalr/+=hidden',
  });
  const named = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_PROFILE: 'night' };
  expect(await findCredentials(named)).toEqual({
    accessKeyId: 'AKIANIGHT',
    secretAccessKey: 'hidden-night',
    sessionToken: 'hidden-token',
  });
});

test.each([
  [{ AWS_ACCESS_KEY_ID: 'AKIAENV' }, 'no secret access key in the environment'],
  [{ AWS_SECRET_ACCESS_KEY: 'hidden' }, 'no access key id in the environment'],
  [{ AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 'hid den' }, 'characters that no key has'],
  [{ HOME: home, AWS_PROFILE: 'day' }, 'no profile [day]'],
  [{ HOME: home, AWS_PROFILE: 'half' }, 'no secret access key in [half]'],
  [{ HOME: home, AWS_PROFILE: 'broken' }, 'characters that no key has'],
  [{ HOME: join(home, 'nobody') }, 'AWS_ACCESS_KEY_ID'],
])('%j: what is missing is said, and no key shown', async (env, text) => {
  const error = await findCredentials(env as Record<string, string>).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(text) });
  expect(error.message).not.toMatch(/hidden|AKIA/);
});
