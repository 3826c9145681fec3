/** Which proxy a request goes through: `--proxy` and the environment, by curl's rules. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { TrawlError } from '../errors.ts';

export interface ProxyOptions {
  /** `--proxy`: takes the place of the proxies of the environment; '' means none. */
  readonly proxy?: string;
  /** The variables `http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`, in lower or upper case. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Address of the proxy for a request, undefined for a direct one. NO_PROXY holds for `--proxy` too.
 * Throws `usage` when the proxy is unusable: going around it in silence could leak.
 */
export function proxyFor(url: string, { proxy, env }: ProxyOptions): string | undefined {
  const target = new URL(url);
  const chosen = proxy ?? proxyOfEnvironment(target.protocol, env);
  if (chosen === undefined || chosen.trim() === '') return undefined;
  if (isExcluded(target, variable(env, 'no_proxy') ?? '')) return undefined;
  return parseProxy(chosen.trim());
}

function proxyOfEnvironment(protocol: string, env: ProxyOptions['env']): string | undefined {
  if (protocol === 'https:') return variable(env, 'https_proxy') ?? variable(env, 'all_proxy');
  // Under CGI a request's own `Proxy:` header arrives as HTTP_PROXY (CVE-2016-5385).
  const own = env.REQUEST_METHOD === undefined ? variable(env, 'http_proxy') : env.http_proxy;
  return own ?? variable(env, 'all_proxy');
}

/** An empty lower-case variable hides the upper-case one: so the user switches a proxy off. */
function variable(env: ProxyOptions['env'], name: string): string | undefined {
  return env[name] ?? env[name.toUpperCase()];
}

function parseProxy(text: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address) || new URL(address).hostname === '') {
    // The text may hold a password.
    throw new TrawlError('usage', 'The proxy is not an address like http://host:port.');
  }
  const { protocol, href } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new TrawlError('usage', `Proxies of kind ${protocol}// are not supported, only http://.`);
  }
  return href;
}

function isExcluded(target: URL, list: string): boolean {
  const host = target.hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  const port = target.port || (target.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && excludes(entry, host, port));
}

/** `*`, a name with all below it, an address or a range in CIDR notation; each with a port or without. */
function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const { name, port: only } = splitPort(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(host) !== 0) return inRange(host, name);
  const suffix = name.replace(/^\*?\.|\.$/g, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

function splitPort(entry: string): { name: string; port?: string } {
  const bracketed = /^\[(.*)\](\/\d+)?(?::(\d+))?$/.exec(entry);
  if (bracketed !== null) {
    const [, address, bits = '', port] = bracketed;
    return { name: address + bits, ...(port === undefined ? {} : { port }) };
  }
  const plain = /^([^:]*):(\d+)$/.exec(entry);
  return plain === null ? { name: entry } : { name: plain[1]!, port: plain[2]! };
}

function inRange(host: string, range: string): boolean {
  const [address = '', bits] = range.split('/');
  if (isIP(address) === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  const base = ipaddr.process(address);
  const actual = ipaddr.process(host);
  if (base.kind() !== actual.kind()) return false;
  const whole = base.kind() === 'ipv4' ? 32 : 128;
  const length = bits === undefined ? whole : Number(bits);
  return length <= whole && actual.match(base, length);
}
