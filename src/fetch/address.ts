/**
 * How public an address is, after Private Network Access (https://wicg.github.io/private-network-access):
 * what a document names may not lie in a less public space than the document itself, so that a page
 * from the internet cannot make this program read from the machine or the network it runs in.
 */
import ipaddr from 'ipaddr.js';
import type { AddressSpace } from '../model.ts';
import { Recent } from '../recent.ts';

const PUBLICNESS = { local: 0, private: 1, public: 2 } as const satisfies Record<
  AddressSpace,
  number
>;

/** Whether a document in space `from` may name an address in space `to`. What the user names (no `from`) may be anywhere. */
export function mayReach(from: AddressSpace | undefined, to: AddressSpace): boolean {
  return from === undefined || PUBLICNESS[to] >= PUBLICNESS[from];
}

/**
 * The space of an address literal in any form an operating system takes: dotted, `0x7f.1`,
 * `2130706433`, `[::1]`, with a zone. Undefined when the text is no address but a name.
 */
export function spaceOf(text: string): AddressSpace | undefined {
  return spaces.get(text);
}

/** By text: each request asks for its host's. */
const spaces = new Recent(spaceOfLiteral);

function spaceOfLiteral(text: string): AddressSpace | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (!ipaddr.isValid(bare)) return undefined;
  const address = ipaddr.parse(bare);
  return address instanceof ipaddr.IPv4 ? spaceOfV4(address) : spaceOfV6(address as ipaddr.IPv6);
}

function spaceOfV4(address: ipaddr.IPv4): AddressSpace {
  const range = address.range();
  if (range === 'loopback') return 'local';
  // Linux delivers what is sent to 0.0.0.0 to the machine itself.
  if (range === 'unspecified')
    return address.octets.every((octet) => octet === 0) ? 'local' : 'private';
  return range === 'unicast' ? 'public' : 'private';
}

/** Prefixes that carry an IPv4 address: bits, and the byte at which it starts. */
const EMBEDDING = [
  { name: 'v4-mapped, RFC 4291', prefix: '::ffff:0:0/96', at: 12 },
  { name: 'v4-translated, RFC 6145', prefix: '::ffff:0:0:0/96', at: 12 },
  { name: 'v4-compatible, RFC 4291 (deprecated)', prefix: '::/96', at: 12 },
  { name: 'NAT64, RFC 6052', prefix: '64:ff9b::/96', at: 12 },
  { name: '6to4, RFC 3056', prefix: '2002::/16', at: 2 },
] as const;
const EMBEDDING_RANGES = EMBEDDING.map(({ prefix, at }) => ({
  range: ipaddr.IPv6.parseCIDR(prefix),
  at,
}));
const TEREDO = ipaddr.IPv6.parseCIDR('2001::/32');
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

function spaceOfV6(address: ipaddr.IPv6): AddressSpace {
  const range = address.range();
  if (range === 'loopback' || range === 'unspecified') return 'local';
  const bytes = address.toByteArray();
  for (const { range: prefix, at } of EMBEDDING_RANGES) {
    if (address.match(prefix)) return spaceOfV4(new ipaddr.IPv4(bytes.slice(at, at + 4)));
  }
  if (address.match(TEREDO)) return spaceOfTeredo(bytes);
  // Whatever is not handed out for the internet (ULA, link-local, multicast, local NAT64 prefixes) is
  // somebody's own network.
  return range === 'unicast' && address.match(GLOBAL_UNICAST) ? 'public' : 'private';
}

/** RFC 4380: the relay's server at byte 4, the client at byte 12 with its bits turned over; both must be public. */
function spaceOfTeredo(bytes: number[]): AddressSpace {
  const client = spaceOfV4(new ipaddr.IPv4(bytes.slice(12, 16).map((byte) => byte ^ 0xff)));
  const server = spaceOfV4(new ipaddr.IPv4(bytes.slice(4, 8)));
  return PUBLICNESS[client] < PUBLICNESS[server] ? client : server;
}
