/** Archives whose bytes depend on nothing but the entries and the date. */
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createGzip, deflateRawSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface Entry {
  /** Path in the archive, with slashes. */
  readonly name: string;
  readonly data: Uint8Array;
  readonly mode: number;
}

export async function tarGz(file: string, entries: readonly Entry[], date: Date): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createGzip(), createWriteStream(file));
  for (const { name, data, mode } of entries) {
    archive.entry({ name, mode, mtime: date, uid: 0, gid: 0 }, Buffer.from(data));
  }
  archive.finalize();
  await written;
}

/** PKWARE's APPNOTE 6.3.3, without ZIP64: entries and archive below 4 GiB. */
export async function zip(file: string, entries: readonly Entry[], date: Date): Promise<void> {
  await using out = await open(file, 'w');
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data, mode } of entries) {
    const packed = deflateRawSync(data);
    const path = new TextEncoder().encode(name);
    const common = new DataView(new ArrayBuffer(26));
    common.setUint16(0, 20, true); // version needed: 2.0
    common.setUint16(2, 0x0800, true); // names are UTF-8
    common.setUint16(4, 8, true); // deflate
    common.setUint32(6, dosTime(date), true);
    common.setUint32(10, crc32(data), true);
    common.setUint32(14, packed.length, true);
    common.setUint32(18, data.length, true);
    common.setUint16(22, path.length, true);
    const shared = Buffer.from(common.buffer);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, path]);
    await out.write(local);
    await out.write(packed);
    const rest = new DataView(new ArrayBuffer(14));
    rest.setUint32(6, (mode | 0o100000) * 0x10000, true); // a regular file, as Unix has it
    rest.setUint32(10, offset, true);
    const made = Buffer.from([20, 3]); // by 2.0 on Unix
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02', 'latin1'),
        made,
        shared,
        Buffer.from(rest.buffer),
        path,
      ]),
    );
    offset += local.length + packed.length;
  }
  const records = Buffer.concat(directory);
  const end = new DataView(new ArrayBuffer(18));
  end.setUint16(4, entries.length, true);
  end.setUint16(6, entries.length, true);
  end.setUint32(8, records.length, true);
  end.setUint32(12, offset, true);
  await out.write(records);
  await out.write(Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.from(end.buffer)]));
}

/** MS-DOS date and time, in UTC. */
function dosTime(date: Date): number {
  const day =
    ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return day * 0x10000 + time;
}
