/** Draws the events of a run as a trace: a lane for each connection and each worker. */
import type { WorkerEvent } from '../concurrency/mod.ts';
import type { FetchEvent } from '../fetch/mod.ts';
import type { Listener } from '../pipeline/events.ts';
import { Lanes } from './lanes.ts';
import type { TraceFile } from './trace-file.ts';

/** Groups of lanes ("processes" to the viewer), in the order in which they are shown. */
const GROUPS = [
  'names (DNS)',
  'waiting for a turn',
  'connections',
  'waiting for a worker',
  'workers',
  'writing',
] as const;
type Group = (typeof GROUPS)[number];

type Of<Type extends FetchEvent['type']> = Extract<FetchEvent, { type: Type }>;

/** Connections whose lanes are remembered; only broken ones and proxies can leave some behind. */
const MOST_CONNECTIONS = 10_000;
/** Lanes that one connection may have: requests at once over HTTP/2. */
const MOST_STREAMS = 256;
/** Shorter waits are no waits, in ms. */
const SHORT_MS = 0.05;

interface Connection {
  readonly host: string;
  /** HTTP/1.1 carries one request at a time, so a spare µs between two is the program's, not an overlap. */
  oneByOne: boolean;
  /** Where the last span ended, in ms. */
  end: number;
  readonly streams: Lanes;
}

interface Sent {
  readonly request: Of<'request'>;
  answer?: Of<'first-byte'>;
}

/**
 * @param job where several write to the same file
 * @param nth number of that job, from 0
 */
export function traceListener(file: TraceFile, job?: string, nth = 0): Listener {
  const trace = new Trace(file, nth * GROUPS.length, job === undefined ? '' : `${job}: `);
  return (event) => {
    if (event.type === 'fetch') trace.fetch(event.event);
    else if (event.type === 'worker') trace.worker(event.event);
    else if (event.type === 'written') {
      const { file, bytes, at, ms } = event;
      trace.inFreeLane('writing', 'write', at - ms, at, { file, bytes });
    }
  };
}

class Trace {
  readonly #file: TraceFile;
  readonly #firstPid: number;
  readonly #prefix: string;
  readonly #named = new Set<Group>();
  readonly #pools = new Map<Group, Lanes>();
  readonly #connections = new Map<number, Connection>();
  readonly #sent = new Map<number, Sent>();
  readonly #busy = new Map<number, WorkerEvent>();
  readonly #workers = new Set<number>();

  constructor(file: TraceFile, firstPid: number, prefix: string) {
    this.#file = file;
    this.#firstPid = firstPid;
    this.#prefix = prefix;
  }

  fetch(event: FetchEvent): void {
    switch (event.type) {
      case 'dns':
        this.inFreeLane('names (DNS)', 'dns', event.at - event.ms, event.at, { host: event.host });
        break;
      case 'connect':
      case 'tls':
        this.#opening(event);
        break;
      case 'disconnect':
        this.#connections.delete(event.connection);
        break;
      case 'request': {
        const { id, url, host, at, waitedMs } = event;
        this.#sent.set(id, { request: event });
        this.#counter('requests on the wire', at, this.#sent.size);
        if (waitedMs >= SHORT_MS)
          this.inFreeLane('waiting for a turn', 'queue', at - waitedMs, at, { url, host });
        break;
      }
      case 'first-byte': {
        const sent = this.#sent.get(event.id);
        if (sent) sent.answer = event;
        break;
      }
      case 'done':
        this.#done(event);
        break;
      case 'retry-wait': {
        const { host, attempt, error, at, waitMs } = event;
        const told = { host, attempt, error };
        this.inFreeLane('waiting for a turn', 'back-off', at, at + waitMs, told);
        break;
      }
      case 'host-paused': {
        const told = { host: event.host, ms: event.ms };
        this.#instant('waiting for a turn', 'host asked to wait', event.at, told);
        break;
      }
      case 'host-limit':
        this.#counter(`limit of ${event.host}`, event.at, event.limit);
        break;
      case 'robots-skip':
        this.#instant('waiting for a turn', 'robots.txt forbids', event.at, { url: event.url });
        break;
    }
  }

  worker(event: WorkerEvent): void {
    const { type, worker, at, phases = [], reason } = event;
    if (!this.#workers.has(worker)) {
      this.#workers.add(worker);
      this.#nameLane('workers', worker, `worker ${worker}`);
    }
    if (type === 'busy') {
      this.#busy.set(worker, event);
      const { waitedMs = 0, label } = event;
      if (waitedMs >= SHORT_MS)
        this.inFreeLane('waiting for a worker', 'worker queue', at - waitedMs, at, { url: label });
      return;
    }
    const busy = this.#busy.get(worker);
    this.#busy.delete(worker);
    if (busy) {
      const name = busy.label === undefined ? 'image' : lastSegment(busy.label);
      this.#span('workers', worker, name, busy.at, at, { url: busy.label, reason });
      // The bytes come to the worker before it begins, so what it measured ends where its task ends.
      let begin = Math.max(busy.at, at - phases.reduce((sum, [, ms]) => sum + ms, 0));
      for (const [phase, ms] of phases) {
        const end = Math.min(begin + ms, at);
        this.#span('workers', worker, phase, begin, end);
        begin = end;
      }
    }
    if (type !== 'idle') this.#instant('workers', type, at, { reason }, worker);
  }

  /** A span in a lane where nothing overlaps it. */
  inFreeLane(group: Group, name: string, from: number, to: number, args: object): void {
    let lanes = this.#pools.get(group);
    if (!lanes) {
      lanes = new Lanes();
      this.#pools.set(group, lanes);
    }
    const known = lanes.size;
    const lane = lanes.take(micros(from), micros(to)) + 1;
    if (lane > known) this.#nameLane(group, lane, `${group} ${lane}`);
    this.#span(group, lane, name, from, to, args);
  }

  #opening(event: Of<'connect'> | Of<'tls'>): void {
    const connection = this.#connection(event.connection, event.host);
    const begin = Math.max(event.at - event.ms, connection.end);
    connection.end = event.at;
    if (event.type === 'tls') connection.oneByOne = event.protocol !== 'h2';
    const protocol = event.type === 'tls' ? { protocol: event.protocol } : {};
    const lane = event.connection * MOST_STREAMS;
    this.#span('connections', lane, event.type, begin, event.at, { host: event.host, ...protocol });
  }

  #done(event: Of<'done'>): void {
    const sent = this.#sent.get(event.id);
    this.#sent.delete(event.id);
    this.#counter('requests on the wire', event.at, this.#sent.size);
    if (!sent) return;
    const { url, host, attempt, purpose, at } = sent.request;
    const { bytes, error } = event;
    const told = { url, status: sent.answer?.status, bytes, attempt, purpose, error };
    if (event.connection === undefined) {
      this.#noConnection(lastSegment(url), at, event.at, told);
      return;
    }
    const connection = this.#connection(event.connection, host);
    const since = Math.max(at, event.at - (event.carriedMs ?? event.ms));
    // Without TLS nobody asks for HTTP/2.
    const oneByOne = connection.oneByOne || url.startsWith('http:');
    const begin = Math.min(event.at, oneByOne ? Math.max(since, connection.end) : since);
    connection.end = Math.max(connection.end, event.at);
    const lane = this.#stream(event.connection, connection, begin, event.at);
    this.#span('connections', lane, lastSegment(url), begin, event.at, told);
    const answered = sent.answer ? Math.max(begin, sent.answer.at) : event.at;
    this.#span('connections', lane, 'wait', begin, answered);
    if (sent.answer) this.#span('connections', lane, 'transfer', answered, event.at, { bytes });
  }

  #noConnection(name: string, from: number, to: number, told: object): void {
    const connection = this.#connection(0, '');
    const lane = this.#stream(0, connection, from, to);
    this.#span('connections', lane, name, from, to, told);
  }

  /** Requests at once on one connection lie in lanes below each other. */
  #stream(number: number, connection: Connection, from: number, to: number): number {
    const known = Math.max(1, connection.streams.size);
    const stream = connection.streams.take(micros(from), micros(to));
    const lane = number * MOST_STREAMS + stream;
    if (stream >= known) {
      this.#nameLane('connections', lane, `${connectionName(number)}, ${stream + 1}`);
    }
    return lane;
  }

  #connection(number: number, host: string): Connection {
    const known = this.#connections.get(number);
    if (known) return known;
    // Behind a proxy it is not known what the connection speaks.
    const connection = { host, oneByOne: false, end: 0, streams: new Lanes(MOST_STREAMS) };
    this.#connections.set(number, connection);
    const [oldest] = this.#connections.keys();
    if (this.#connections.size > MOST_CONNECTIONS && oldest !== undefined)
      this.#connections.delete(oldest);
    const name = connectionName(number) + (host === '' ? '' : ` · ${host}`);
    this.#nameLane('connections', number * MOST_STREAMS, name);
    return connection;
  }

  #span(group: Group, tid: number, name: string, from: number, to: number, args?: object): void {
    const ts = micros(from);
    // Both ends are rounded, not the length: what lies within another span stays within it.
    const dur = Math.max(0, micros(to) - ts);
    const more = args && { args: { ...args } };
    this.#file.write({ ph: 'X', name, cat: group, ts, dur, pid: this.#pid(group), tid, ...more });
  }

  #instant(group: Group, name: string, at: number, args: object, tid = 0): void {
    const pid = this.#pid(group);
    const s = tid === 0 ? 'p' : 't';
    const told = { ...args };
    this.#file.write({ ph: 'i', name, cat: group, ts: micros(at), pid, tid, s, args: told });
  }

  #counter(name: string, at: number, value: number): void {
    const pid = this.#pid('connections');
    this.#file.write({ ph: 'C', name, ts: micros(at), pid, tid: 0, args: { value } });
  }

  #pid(group: Group): number {
    const pid = this.#firstPid + GROUPS.indexOf(group) + 1;
    if (!this.#named.has(group)) {
      this.#named.add(group);
      this.#meta('process_name', pid, 0, { name: this.#prefix + group });
      this.#meta('process_sort_index', pid, 0, { sort_index: pid });
    }
    return pid;
  }

  #nameLane(group: Group, tid: number, name: string): void {
    const pid = this.#pid(group);
    this.#meta('thread_name', pid, tid, { name });
    this.#meta('thread_sort_index', pid, tid, { sort_index: tid });
  }

  #meta(name: string, pid: number, tid: number, args: Readonly<Record<string, unknown>>): void {
    this.#file.write({ ph: 'M', name, pid, tid, args });
  }
}

const micros = (ms: number): number => Math.round(ms * 1000);

const connectionName = (number: number): string =>
  number === 0 ? 'no connection' : `connection ${number}`;

/** What a picture is called in its address. */
function lastSegment(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? '';
  return (/[^/]+\/?$/.exec(path.slice(-200))?.[0] ?? url).slice(0, 100);
}
