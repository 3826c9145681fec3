/**
 * Puts bodies somewhere, for who stores on the network: the pool's proxies, authorities and time limits
 * without its politeness, which is for the hosts of others. Follows no redirect.
 */
import type { IncomingHttpHeaders } from 'node:http';
import process from 'node:process';
import { Readable } from 'node:stream';
import { type Clock, systemClock } from '../concurrency/clock.ts';
import { classify, interrupted } from './classify.ts';
import { type BodySink, ENOUGH, exchange, type Head } from './exchange.ts';
import { type FetchOptions, fetchSettings } from './options.ts';
import { Transport } from './transport.ts';

export interface UploadRequest {
  /** The user named it: it may lie in any network. */
  readonly url: URL;
  /** With the length of the body. */
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is destroyed, whatever becomes of the request. */
  readonly body: Uint8Array | Readable;
}

export interface UploadAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** How the body begins. */
  readonly text: string;
}

/** Answers to an upload are short; a longer one has nothing to say to us. */
const ANSWER_BYTES = 16 * 1024;

export class Uploader implements AsyncDisposable {
  readonly #transport: Transport;

  constructor(options: Pick<FetchOptions, 'timeout' | 'proxy' | 'ca' | 'insecure'>, clock?: Clock) {
    // Two uploads on one connection of HTTP/2 would fail together.
    const settings = fetchSettings({ ...options, http2: false });
    this.#transport = new Transport(settings, { clock: clock ?? systemClock, env: process.env });
  }

  /** Throws TrawlError for a request that got no answer; any status is one. */
  async put({ url, headers, body }: UploadRequest, signal: AbortSignal): Promise<UploadAnswer> {
    const { userAgent } = this.#transport.settings;
    const beginning = new Beginning();
    let head: Head | undefined;
    try {
      const { dispatcher } = await this.#transport.route(url, undefined);
      await exchange(
        dispatcher,
        {
          origin: url.origin,
          path: url.pathname + url.search,
          method: 'PUT',
          headers: { 'user-agent': userAgent, ...headers },
          body,
        },
        (answer) => {
          head = answer;
          return beginning;
        },
        signal,
      );
    } catch (error) {
      throw signal.aborted ? interrupted(signal) : classify(error, url.href);
    } finally {
      if (body instanceof Readable) body.destroy();
    }
    return { ...(head as unknown as Head), text: beginning.text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.close();
  }
}

class Beginning implements BodySink {
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  get text(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  write(chunk: Buffer): undefined {
    this.#pieces.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES) throw ENOUGH;
  }

  async end(): Promise<void> {}
}
