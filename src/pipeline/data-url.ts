/** Images that stand in the page itself, as if they had been fetched. */
import { hash } from 'node:crypto';
import { TrawlError } from '../errors.ts';
import { redactUrl } from '../fetch/mod.ts';
import type { Fetched } from '../model.ts';
import { asFetched } from './body.ts';

/** Undefined when `url` is no data: address. Throws TrawlError `bad-response` for a broken one. */
export function dataImage(url: string): Fetched | undefined {
  if (!url.startsWith('data:')) return undefined;
  const comma = url.indexOf(',');
  if (comma < 0) throw new TrawlError('bad-response', 'A data: address has no comma');
  const head = url.slice(5, comma);
  const bytes = decode(url.slice(comma + 1), /;\s*base64\s*$/i.test(head));
  const contentType = head.split(';')[0] ?? '';
  return asFetched(url, bytes, { space: 'public', attempts: 0, contentType });
}

/** The address as it is reported and kept: without credentials, and without a whole picture in it. */
export function shownUrl(url: string): string {
  if (!url.startsWith('data:')) return redactUrl(url);
  const digest = hash('sha256', url, 'hex').slice(0, 16);
  return `${url.slice(0, Math.max(5, url.indexOf(',')) + 1).slice(0, 64)}…${digest}`;
}

function decode(data: string, base64: boolean): Uint8Array<ArrayBuffer> {
  const raw = new Uint8Array(Buffer.from(data, 'latin1'));
  const plain: number[] = [];
  for (let i = 0; i < raw.length; i++) {
    const hex = raw[i] === 0x25 ? /^%([0-9a-f]{2})/i.exec(data.slice(i, i + 3))?.[1] : undefined;
    plain.push(hex === undefined ? (raw[i] as number) : Number.parseInt(hex, 16));
    if (hex !== undefined) i += 2;
  }
  const bytes = Uint8Array.from(plain);
  if (!base64) return bytes;
  return new Uint8Array(Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64'));
}
