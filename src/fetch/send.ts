/** One request on the wire, and what its answer means. */
import { TrawlError } from '../errors.ts';
import type { Fetched } from '../model.ts';
import { classify, interrupted } from './classify.ts';
import { parseContentRange } from './content-range.ts';
import { exchange, type Head } from './exchange.ts';
import type { Task } from './follow.ts';
import { type Kept, sha256 } from './partial.ts';
import { Receiver } from './receive.ts';
import { redactUrl } from './redact.ts';
import { isRedirect } from './redirect.ts';
import { isBusyStatus } from './retry.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { Route, Transport } from './transport.ts';
import { single, validatorsOf } from './validators.ts';

export interface Hop {
  readonly url: URL;
  readonly attempt: number;
  readonly route: Route;
  readonly referrer: string | undefined;
}

/** Either what was fetched or, for a redirect, where it leads. */
export interface Answer {
  readonly fetched?: Omit<Fetched, 'attempts' | 'ms'>;
  readonly location?: string | undefined;
}

/** SHA-256 of nothing. */
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A robots.txt is read so far; RFC 9309, 2.5 asks for 500 KiB at least. */
const ROBOTS_BYTES = 512 * 1024;

/** The answer does not fit what is on disk: the whole body is asked for, at once and once more. */
const AFRESH = Symbol('afresh');

/** Throws what undici throws, or a TrawlError for an answer that is none. */
export async function send(transport: Transport, task: Task, hop: Hop): Promise<Answer> {
  const kept = await task.slot?.load();
  // A validator says nothing about another address.
  const usable = kept && kept.final === sha256(hop.url.href) ? kept : undefined;
  try {
    return await sendOnce(transport, task, hop, usable);
  } catch (error) {
    if (error !== AFRESH) throw error;
  }
  await task.slot?.discard();
  return await sendOnce(transport, task, hop, undefined);
}

async function sendOnce(
  transport: Transport,
  task: Task,
  hop: Hop,
  kept: Kept | undefined,
): Promise<Answer> {
  const { clock, emit, hosts } = transport;
  const { request, host, id, session, signal } = task;
  const { url } = hop;
  const asked = clock.now();
  emit?.({ type: 'queued', at: asked, id, host: host.key });
  using _permit = await transport.permit(host, signal);
  signal.throwIfAborted();
  const started = clock.now();
  const timing = { sent: started, headers: Number.NaN };
  const carried: { connection?: number } = {};
  let head: Head | undefined;
  let receiver: Receiver | undefined;
  let failure: TrawlError | undefined;
  task.sent++;
  task.first ??= { sentAt: Date.now(), at: started };
  const inFlight = hosts.started(host);
  emit?.({
    type: 'request',
    at: started,
    id,
    url: url.href,
    host: host.key,
    purpose: request.purpose,
    attempt: hop.attempt,
    waitedMs: started - asked,
  });
  try {
    await exchange(
      hop.route.dispatcher,
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: session.headers({
          url,
          purpose: request.purpose,
          accept: request.accept,
          referrer: hop.referrer,
          credentials: task.credentials,
          etag: request.validators?.etag,
          lastModified: request.validators?.lastModified,
          range: kept && { from: kept.bytes, ifRange: kept.ifRange },
        }),
      },
      (answer) => {
        head = answer;
        timing.headers = clock.now();
        const ms = timing.headers - timing.sent;
        const { status } = answer;
        emit?.({ type: 'first-byte', at: timing.headers, id, status, ms, ...carried });
        if (!takesBody(answer, task, url, kept)) return undefined;
        receiver = receiverFor(transport, task, hop, answer, kept);
        return receiver;
      },
      signal,
      () => {
        timing.sent = clock.now();
        transport.connections?.ofStarting((connection) => {
          carried.connection = connection;
        });
      },
    );
  } catch (error) {
    await receiver?.fail();
    if (error === AFRESH) throw error;
    failure = signal.aborted ? interrupted(signal) : classify(error, url.href);
    const closed = (error as { code?: unknown }).code === 'UND_ERR_SOCKET';
    if (receiver && closed && !signal.aborted) failure = receiver.cutShort();
    throw failure;
  } finally {
    const now = clock.now();
    const busy = head?.status === 429 || head?.status === 503;
    const headersAt = Number.isNaN(timing.headers) ? now : timing.headers;
    host.stats.latencyMs += headersAt - started;
    host.stats.transferMs += now - headersAt;
    const bytes = receiver?.wireBytes ?? 0;
    hosts.ended(host, inFlight, {
      ok: failure === undefined || failure.kind !== 'retry',
      busy,
      ttfbMs: headersAt - timing.sent,
      bytes,
      nowMs: now,
    });
    emit?.({
      type: 'done',
      at: now,
      id,
      ok: failure === undefined && head !== undefined && head.status < 400,
      bytes,
      ms: now - started,
      ...(failure ? { error: failure.code } : {}),
      ...carried,
      ...(carried.connection === undefined ? {} : { carriedMs: now - timing.sent }),
    });
  }
  return await answerOf(task, hop, head as unknown as Head, receiver);
}

/** Whether the body is wanted. Throws for answers that make no sense. */
function takesBody(
  { status, headers }: Head,
  task: Task,
  url: URL,
  kept: Kept | undefined,
): boolean {
  if (status === 206) {
    const where = redactUrl(url.href);
    if (!kept)
      throw new TrawlError('bad-response', `${where} sent a part without being asked for one`);
    if (!continues(kept, headers)) throw AFRESH;
    return true;
  }
  if (status === 416 && kept) throw AFRESH;
  if (status === 304 && !task.request.validators) {
    throw new TrawlError('bad-response', `${redactUrl(url.href)} answered 304 without being asked`);
  }
  return status >= 200 && status <= 299;
}

/** Whether a 206 goes on where the kept beginning ends, in the same version of the same body. */
function continues(kept: Kept, headers: Head['headers']): boolean {
  const range = parseContentRange(headers['content-range']);
  if (!range || range.first !== kept.bytes) return false;
  if (kept.total !== undefined && range.total !== kept.total) return false;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') return false;
  // RFC 9110, 15.3.7: the validators of the whole are sent with a part. One that is missing would
  // leave the joining to a server that is wrong already.
  const { etag, lastModified } = validatorsOf(headers);
  return kept.ifRange.startsWith('"') ? etag === kept.ifRange : lastModified === kept.ifRange;
}

function receiverFor(
  transport: Transport,
  task: Task,
  { url }: Hop,
  head: Head,
  kept: Kept | undefined,
): Receiver {
  const { settings, clock, bandwidth } = transport;
  const { purpose } = task.request;
  const isLarge = purpose === 'image' || purpose === 'manifest';
  const range = head.status === 206 ? parseContentRange(head.headers['content-range']) : undefined;
  return new Receiver({
    url: url.href,
    head,
    maxBytes:
      purpose === 'robots' ? ROBOTS_BYTES : isLarge ? settings.maxBytes : settings.maxPageBytes,
    maxBytesOption: isLarge ? '--max-bytes' : '--max-page-bytes',
    cut: purpose === 'robots',
    mayBeEmpty: purpose === 'robots' || purpose === 'sheet',
    spillBytes: settings.spillBytes,
    slot: task.slot,
    copies: purpose === 'image' ? transport.copies : undefined,
    kept:
      range && kept
        ? { ...kept, ...(range.total === undefined ? {} : { total: range.total }) }
        : undefined,
    minSpeed: settings.minSpeed,
    speedWindowMs: settings.speedWindow * 1000,
    bandwidth,
    clock,
    signal: task.signal,
    onBytes: (bytes) => transport.received(task.host, bytes),
  });
}

async function answerOf(
  task: Task,
  hop: Hop,
  { status, headers }: Head,
  receiver: Receiver | undefined,
): Promise<Answer> {
  const { url } = hop;
  await task.session.storeCookies(url, headers['set-cookie']);
  if (isRedirect(status)) return { location: single(headers.location) };
  if (!receiver && status !== 304) throw statusError(status, headers, url);
  const received = receiver?.received ?? {
    body: { in: 'memory' as const, bytes: new Uint8Array() },
    bytes: 0,
    sha256: EMPTY_SHA256,
  };
  // A body that fitted into memory makes an older beginning on disk useless.
  if (received.body.in === 'memory') await task.slot?.discard();
  const contentType = single(headers['content-type']);
  const robotsTag = headers['x-robots-tag'];
  return {
    fetched: {
      url: task.request.url,
      finalUrl: url.href,
      status: status === 304 ? 304 : 200,
      ...received,
      ...(contentType === undefined ? {} : { contentType }),
      ...validatorsOf(headers),
      ...(robotsTag === undefined ? {} : { robotsTag: [robotsTag].flat().join('\n') }),
      space: hop.route.space,
    },
  };
}

function statusError(status: number, headers: Head['headers'], url: URL): TrawlError {
  const message = `${redactUrl(url.href)} answered ${status}`;
  if (!isBusyStatus(status)) return new TrawlError('http-status', message, { status });
  const retryAfter = single(headers['retry-after']);
  const retryAfterMs =
    retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, Date.now());
  return new TrawlError('http-busy', message, {
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
