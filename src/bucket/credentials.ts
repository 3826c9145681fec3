/**
 * Keys of an S3 account, from where AWS's own programs look first: the environment, then a profile of the
 * credentials file. Never from the command line, which every user of the machine can read.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TrawlError } from '../errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Throws TrawlError `usage` that shows nothing of the keys. */
export async function findCredentials(env: Env): Promise<Credentials> {
  const given = {
    id: env.AWS_ACCESS_KEY_ID,
    secret: env.AWS_SECRET_ACCESS_KEY,
    token: env.AWS_SESSION_TOKEN,
  };
  if (given.id || given.secret) return complete(given, 'the environment');
  const { file, profile } = placeOf(env);
  const text = await readFile(file, 'utf8').catch((cause) => {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TrawlError(
      'usage',
      `--s3 needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or a credentials file: ${file} cannot be read (${why})`,
      { cause },
    );
  });
  const values = profileIn(text, profile);
  if (values === undefined) {
    throw new TrawlError('usage', `${file} has no profile [${profile}] (AWS_PROFILE)`);
  }
  const [id, secret, token] = [
    'aws_access_key_id',
    'aws_secret_access_key',
    'aws_session_token',
  ].map((key) => values.get(key));
  return complete({ id, secret, token }, `[${profile}] of ${file}`);
}

function placeOf(env: Env): { file: string; profile: string } {
  const home = env.HOME ?? env.USERPROFILE ?? '';
  return {
    file: env.AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
    profile: env.AWS_PROFILE || 'default',
  };
}

function complete(
  found: Record<'id' | 'secret' | 'token', string | undefined>,
  where: string,
): Credentials {
  const [id, secret, token] = [found.id, found.secret, found.token].map((text) => text?.trim());
  if (!id || !secret) {
    const missing = id ? 'secret access key' : 'access key id';
    throw new TrawlError('usage', `There is no ${missing} in ${where}`);
  }
  // They travel in headers; and what else may be in a key is not ours to show.
  if (/[^\x21-\x7e]/.test(id + secret + (token ?? ''))) {
    throw new TrawlError('usage', `The keys in ${where} hold characters that no key has`);
  }
  return { accessKeyId: id, secretAccessKey: secret, ...(token && { sessionToken: token }) };
}

/** Keys of a section; undefined when there is none of that name. */
function profileIn(text: string, profile: string): Map<string, string> | undefined {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const name = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
    }
    const pair = /^\s*([^#;=[\s]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (pair) section?.set((pair[1] as string).toLowerCase(), pair[2] as string);
  }
  return sections.get(profile);
}
