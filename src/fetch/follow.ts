/** One task of the pool: from an address to a body, over redirects, robots.txt and what is left on disk. */
import { TrawlError } from '../errors.ts';
import type { AddressSpace, Fetched } from '../model.ts';
import type { HostState } from './hosts.ts';
import type { PartialSlot } from './partial.ts';
import { type FetchRequest, requestUrl } from './pool.ts';
import { redactUrl } from './redact.ts';
import { redirectTarget } from './redirect.ts';
import { referrerFor } from './referrer.ts';
import { RobotsCache } from './robots-cache.ts';
import { type Answer, send } from './send.ts';
import { type Session, takeCredentials, type UrlCredentials } from './session.ts';
import type { Transport } from './transport.ts';

/** A request on its way, over all its tries. */
export interface Task extends AsyncDisposable {
  readonly id: number;
  readonly request: FetchRequest;
  /** Without credentials and fragment. */
  readonly url: URL;
  readonly credentials: UrlCredentials | undefined;
  readonly named: boolean;
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Where a large body goes. */
  readonly slot: PartialSlot | undefined;
  /** The host asked last. */
  host: HostState;
  /** Requests sent. */
  sent: number;
  /** When the first of them was: ms since 1970, and by the pool's clock. */
  first?: { readonly sentAt: number; readonly at: number };
}

type RunRequest = (request: FetchRequest, signal: AbortSignal) => Promise<Fetched>;

export class Follower {
  readonly #transport: Transport;
  readonly #run: RunRequest;
  /** Apart for each space of the naming document: a robots.txt is asked for under the document's own restrictions. */
  readonly #robots = new Map<AddressSpace | undefined, RobotsCache>();

  /** @param run sends one more request through the pool */
  constructor(transport: Transport, run: RunRequest) {
    this.#transport = transport;
    this.#run = run;
  }

  /** Throws `invalid-url`, `config`, or what the partial folder throws. */
  async open(request: FetchRequest, id: number, signal: AbortSignal): Promise<Task> {
    const url = requestUrl(request);
    const credentials = takeCredentials(url);
    const session = await this.#transport.session();
    const named = request.named ?? request.space === undefined;
    if (named) session.trust(url);
    // A fresh copy is wanted when validators are there: what is left on disk is older than that.
    const mayContinue =
      (request.purpose === 'image' || request.purpose === 'manifest') && !request.validators;
    const store = mayContinue ? await this.#transport.partials() : undefined;
    const slot = store?.claim(url.href);
    return {
      id,
      request,
      url,
      credentials,
      named,
      session,
      signal,
      slot,
      host: this.#transport.hosts.get(url.host),
      sent: 0,
      async [Symbol.asyncDispose]() {
        // The outcome stands; a folder that is gone makes no difference to it.
        await slot?.[Symbol.asyncDispose]().catch(() => {});
      },
    };
  }

  /** One try. Throws whatever happens; the caller classifies it and tries again. */
  async follow(task: Task, attempt: number): Promise<Answer['fetched'] & object> {
    const { maxRedirects } = this.#transport.settings;
    const { request, session } = task;
    const seen = new Set<string>();
    let from = request.space;
    let url = task.url;
    for (let redirects = 0; ; redirects++) {
      task.host = this.#transport.hosts.get(url.host);
      this.#checkRefused(task, url);
      const route = await this.#transport.route(url, from);
      if (!task.named) await this.#checkRobots(task, url);
      seen.add(`${url.href} ${session.cookie(url) ?? ''}`);
      const answer = await send(this.#transport, task, {
        url,
        attempt,
        route,
        referrer: referrerFor(request.referrer, url.href),
      });
      if (answer.fetched) return answer.fetched;
      const next = redirectTarget(answer.location, url);
      if (redirects >= maxRedirects) throw loop(task, `more than ${maxRedirects} redirects`);
      // The same address again is no loop when a cookie was set on the way.
      if (seen.has(`${next.href} ${session.cookie(next) ?? ''}`))
        throw loop(task, 'a redirect loop');
      // What redirects is a document of its own, as public as the place it came from.
      from = route.space;
      url = next;
    }
  }

  #checkRefused({ host }: Task, url: URL): void {
    const { refused } = host;
    if (!refused) return;
    const leftMs = refused.until - this.#transport.clock.now();
    if (leftMs <= 0) {
      delete host.refused;
      return;
    }
    throw new TrawlError(
      'wait-too-long',
      `${redactUrl(url.href)} was not asked for: ${host.key} asked to be left alone for another ${Math.ceil(leftMs / 1000)} s, longer than --max-wait`,
      { cause: refused.error, retryAfterMs: leftMs },
    );
  }

  async #checkRobots(task: Task, url: URL): Promise<void> {
    const { settings, emit, clock } = this.#transport;
    if (!settings.robots || task.request.purpose === 'robots') return;
    const answer = await this.#robotsFor(task.request.space).check(url.href, task.signal);
    if (!answer.allowed) {
      emit?.({
        type: 'robots-skip',
        at: clock.now(),
        id: task.id,
        url: url.href,
        ...(answer.rule === undefined ? {} : { rule: answer.rule }),
      });
      const rule = answer.rule === undefined ? '' : ` (${answer.rule})`;
      throw new TrawlError('robots', `${url.host} asks robots not to fetch ${url.href}${rule}`);
    }
    if (answer.crawlDelayMs !== undefined) {
      const ms = Math.min(answer.crawlDelayMs, settings.maxWait * 1000);
      this.#transport.hosts.slowDown(task.host, ms);
    }
  }

  #robotsFor(space: AddressSpace | undefined): RobotsCache {
    const known = this.#robots.get(space);
    if (known) return known;
    const { settings, clock } = this.#transport;
    const cache = new RobotsCache({
      agent: settings.userAgent,
      clock,
      fetchText: (url, signal) => this.#robotsText(url, space, signal),
    });
    this.#robots.set(space, cache);
    return cache;
  }

  async #robotsText(
    url: string,
    space: AddressSpace | undefined,
    signal: AbortSignal,
  ): Promise<{ status: number; body: string }> {
    const request: FetchRequest = {
      url,
      purpose: 'robots',
      named: false,
      ...(space === undefined ? {} : { space }),
    };
    try {
      const { status, body } = await this.#run(request, signal);
      const bytes = body.in === 'memory' ? body.bytes : new Uint8Array();
      return { status, body: new TextDecoder().decode(bytes) };
    } catch (error) {
      if (error instanceof TrawlError) {
        if (error.status !== undefined) return { status: error.status, body: '' };
        // RFC 9309, 2.3.1.2: a file behind too many redirects counts as missing.
        if (error.code === 'redirect-loop') return { status: 404, body: '' };
      }
      throw error;
    }
  }
}

function loop(task: Task, what: string): TrawlError {
  return new TrawlError('redirect-loop', `${redactUrl(task.url.href)} leads into ${what}`);
}
