import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayReach, spaceOf } from '../../src/fetch/address.ts';

describe('spaceOf', () => {
  it.each([
    ['127.0.0.1', 'local'],
    ['127.8.9.10', 'local'],
    ['0.0.0.0', 'local'],
    ['::1', 'local'],
    ['[::1]', 'local'],
    ['::', 'local'],
    ['0x7f.1', 'local'],
    ['2130706433', 'local'],
    ['0177.0.0.1', 'local'],
    ['127.1', 'local'],
    ['[::ffff:7f00:1]', 'local'],
    ['::ffff:127.0.0.1', 'local'],
    ['::127.0.0.1', 'local'],
    ['64:ff9b::7f00:1', 'local'],
    ['2002:7f00:1::', 'local'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['100.127.255.255', 'private'],
    ['169.254.169.254', 'private'],
    ['0.1.2.3', 'private'],
    ['224.0.0.1', 'private'],
    ['240.0.0.1', 'private'],
    ['255.255.255.255', 'private'],
    ['192.0.2.1', 'private'],
    ['198.18.0.1', 'private'],
    ['fe80::1', 'private'],
    ['fe80::1%eth0', 'private'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['ff02::1', 'private'],
    ['fec0::1', 'private'],
    ['2001:db8::1', 'private'],
    ['64:ff9b:1::1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:a9fe:a9fe', 'private'],
    ['64:ff9b::a9fe:a9fe', 'private'],
    ['2002:c0a8:101::1', 'private'],
    ['8.8.8.8', 'public'],
    ['100.63.255.255', 'public'],
    ['100.128.0.0', 'public'],
    ['172.32.0.1', 'public'],
    ['2606:4700::1111', 'public'],
    ['::ffff:8.8.8.8', 'public'],
    ['64:ff9b::808:808', 'public'],
    ['2002:808:808::1', 'public'],
    ['example.com', undefined],
    ['localhost', undefined],
    ['', undefined],
  ] as const)('puts %s into %s', (address, space) => {
    expect(spaceOf(address)).toBe(space);
  });

  it('looks through Teredo at the client and at the server, and takes the less public', () => {
    const client = (v4: number) => ((v4 ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
    const teredo = (server: string, v4: number) =>
      `2001:0:${server}:0:0:${client(v4).slice(0, 4)}:${client(v4).slice(4)}`;
    expect(spaceOf(teredo('808:808', 0x08080808))).toBe('public');
    expect(spaceOf(teredo('808:808', 0x7f000001))).toBe('local');
    expect(spaceOf(teredo('c0a8:1', 0x08080808))).toBe('private');
  });

  it('gives every IPv4 address the same space in each of its forms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (n) => {
        const dotted = [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
        const hex = [n >>> 16, n & 0xffff].map((part) => part.toString(16)).join(':');
        const space = spaceOf(dotted);
        expect(space).toBeDefined();
        expect(spaceOf(String(n))).toBe(space);
        expect(spaceOf(`::ffff:${hex}`)).toBe(space);
        expect(spaceOf(`64:ff9b::${hex}`)).toBe(space);
        expect(spaceOf(`2002:${hex}::`)).toBe(space);
      }),
    );
  });

  it('throws on no text', () => {
    fc.assert(fc.property(fc.string(), (text) => void spaceOf(text)));
  });
});

describe('mayReach', () => {
  it('lets a document name its own space and more public ones, and the user name any', () => {
    const spaces = ['local', 'private', 'public'] as const;
    const allowed = spaces.map((from) => spaces.filter((to) => mayReach(from, to)));
    expect(allowed).toEqual([['local', 'private', 'public'], ['private', 'public'], ['public']]);
    expect(spaces.every((to) => mayReach(undefined, to))).toBe(true);
  });
});
