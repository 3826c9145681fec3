/** How far a crawl may go from where the user sent it. */

import { getDomain } from 'tldts';

/**
 * - `page`: the page itself and what continues it (`rel=next` on the same host);
 * - `path`: below the folder of the start page;
 * - `host`: the same host and port;
 * - `domain`: the same registrable domain, `a.example.co.uk` and `b.example.co.uk`;
 * - `any`: everywhere.
 */
export type CrawlScope = 'page' | 'path' | 'host' | 'domain' | 'any';

/** Whether `url` lies within `scope` of `root`. The scheme does not count: sites move to https. */
export function inScope(url: URL, root: URL, scope: CrawlScope): boolean {
  switch (scope) {
    case 'any':
      return true;
    case 'domain':
      return siteOf(url) === siteOf(root);
    case 'host':
      return url.host === root.host;
    case 'path':
      return url.host === root.host && url.pathname.startsWith(folderOf(root));
    case 'page':
      return url.host === root.host && url.pathname === root.pathname && url.search === root.search;
  }
}

/** `/a/b/` of `/a/b/c.html`. */
function folderOf({ pathname }: URL): string {
  return pathname.slice(0, pathname.lastIndexOf('/') + 1);
}

/**
 * The registrable domain; hosts on shared ones (`me.github.io`) are sites of their own. Names
 * without one (localhost, IP addresses) are their own.
 */
export function siteOf({ hostname }: URL): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
