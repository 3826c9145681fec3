/** Pictures on many hosts, and lists of their addresses. */
import { createHash } from 'node:crypto';
import { encode } from '../../fixtures/encode.ts';
import type { Hosts } from '../../fixtures/hosts.ts';
import { photo } from '../../fixtures/photo.ts';

export type Files = Map<string, { readonly type: string; readonly body: Uint8Array }>;

/** `count` pictures; of every tenth there is a copy that was saved again. */
export async function pictures(count: number): Promise<Files> {
  const files: Files = new Map();
  for (let n = 0; n < count; n++) {
    const picture = photo(n + 1, 96, 72);
    const jpeg = async (q: number) => ({
      type: 'image/jpeg',
      body: await encode(picture, `.jpg[Q=${q}]`),
    });
    files.set(`/img/${n}.jpg`, await jpeg(85));
    if (n % 10 === 0) files.set(`/img/${n}-again.jpg`, await jpeg(70));
  }
  return files;
}

/** `count` addresses, each once: every host, and on each of them other pictures. */
export function addressList(served: Hosts, files: Files, hosts: number, count: number): string[] {
  const paths = [...files.keys()];
  return Array.from({ length: count }, (_, n) => {
    const host = 1 + (n % hosts);
    const path = paths[(Math.floor(n / hosts) + host * 7) % paths.length];
    return served.origin(host) + path;
  });
}

export const sha256 = (body: Uint8Array | string): string =>
  createHash('sha256').update(body).digest('hex');

/** SHA-256 of every picture that can be had under one of the addresses. */
export function obtainable(served: Hosts, files: Files, list: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const url of list) {
    const { hostname, pathname } = new URL(url);
    const host = Number(hostname.split('.')[3]);
    const file = files.get(pathname);
    if (file && served.fate(host, pathname) !== 'gone') found.add(sha256(file.body));
  }
  return found;
}
