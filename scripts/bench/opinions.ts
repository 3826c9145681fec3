/** What decoders say of a file: that it is whole, or what is wrong with it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import sharp, { type SharpOptions } from 'sharp';

/** `whole`, or what is said against the file. */
export type Opinion = string;
export const WHOLE = 'whole';

export const MAX_PIXELS = 100e6;
const executable = fileURLToPath(new URL('../../dist/imgtrawl', import.meta.url));

/** What native libvips says; undefined for formats that it does not know. */
export async function bySharp(
  bytes: Uint8Array,
  type: string,
  how: SharpOptions = { failOn: 'truncated' },
): Promise<Opinion | undefined> {
  if (type === 'bmp' || type === 'ico') return undefined;
  try {
    await sharp(bytes, { limitInputPixels: MAX_PIXELS, ...how })
      .raw()
      .toBuffer();
    return WHOLE;
  } catch (error) {
    return (error as Error).message.split('\n')[0]!;
  }
}

const PILLOW = `
import sys, json, warnings
from PIL import Image
warnings.simplefilter('ignore')
for line in sys.stdin:
    try:
        image = Image.open(line.rstrip('\\n'))
        image.load()
        print(json.dumps('${WHOLE}'))
    except BaseException as error:
        print(json.dumps(repr(error)[:200]))
`;

/** What Pillow says, in the order of the files; nothing where it is missing. */
export function byPillow(files: readonly string[]): Opinion[] {
  const input = `${files.join('\n')}\n`;
  const ran = spawnSync('/usr/bin/python3', ['-c', PILLOW], { input, encoding: 'utf8' });
  if (ran.status !== 0) return [];
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What `imgtrawl hash` says, in the order of the files, and how it ended: exit code or signal. */
export function byExecutable(files: readonly string[]): {
  readonly end: string;
  readonly said: readonly (Opinion | undefined)[];
} {
  const { status, signal, stdout } = spawnSync(executable, ['hash', '--json', ...files], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const said = new Map<string, Opinion>();
  for (const line of stdout.trim().split('\n')) {
    const { file, error } = JSON.parse(line) as {
      file: string;
      error?: { code: string; message: string };
    };
    said.set(file, error ? `${error.code}: ${error.message}` : WHOLE);
  }
  return { end: String(signal ?? status), said: files.map((file) => said.get(file)) };
}
