import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Delivery } from '../engine.ts';
import type { Holds } from './holds.ts';
import { type Patience, sitOut } from './patience.ts';

interface Place {
  readonly bucket: number;
  readonly asked: number;
  readonly holds: Holds;
}

const REQUEST_MS = 2000;
/** An ack that is not heard makes somebody do the shard again, so it is worth some tries. */
const ACK_MS = 60_000;
/** Who lets go is often about to end; without it the shard only waits a little longer. */
const GIVE_BACK = { what: 'take a shard back', forMs: 3000 };

const nak = (delayMs: number): string =>
  delayMs > 0 ? `-NAK ${JSON.stringify({ delay: Math.ceil(delayMs) * 1e6 })}` : '-NAK';

/** A message of JetStream, answered with requests: only then is it known that the server has heard. */
export class NatsDelivery implements Delivery {
  readonly id: string;
  readonly bucket: number;
  readonly data: Uint8Array;
  readonly asked: number;
  readonly #connection: NatsConnection;
  readonly #reply: string;
  readonly #holds: Holds;

  constructor(connection: NatsConnection, message: Msg, { bucket, asked, holds }: Place) {
    this.#connection = connection;
    this.#reply = message.reply ?? '';
    this.#holds = holds;
    this.bucket = bucket;
    this.asked = asked;
    this.id = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    this.data = message.data;
  }

  async extend(): Promise<void> {
    await this.#holds.keep(this.bucket);
    await this.#answer('+WPI');
  }

  async ack(): Promise<void> {
    await this.#end('+ACK', { what: 'hear that a shard is done', forMs: ACK_MS });
  }

  async release(delayMs: number): Promise<void> {
    await this.#end(nak(delayMs), GIVE_BACK);
  }

  /** Another is at its bucket. Without an answer the shard only waits a little longer. */
  async decline(delayMs: number): Promise<void> {
    await sitOut(() => this.#answer(nak(delayMs)), GIVE_BACK).catch(() => {});
  }

  lose(): void {
    this.#holds.lose(this.bucket);
  }

  /** The hold first: as soon as the server has the answer, it gives the bucket's next shard to somebody. */
  async #end(text: string, patience: Patience): Promise<void> {
    try {
      await sitOut(() => this.#holds.free(this.bucket), patience);
      await sitOut(() => this.#answer(text), patience);
    } finally {
      this.#holds.lose(this.bucket);
    }
  }

  async #answer(text: string): Promise<void> {
    await this.#connection.request(this.#reply, text, { timeout: REQUEST_MS });
  }
}
