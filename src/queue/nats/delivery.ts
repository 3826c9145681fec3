import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Delivery } from '../engine.ts';
import { sitOut } from './patience.ts';

interface Place {
  readonly bucket: number;
  readonly asked: number;
  readonly onEnd: () => void;
}

const REQUEST_MS = 2000;
/** An ack that is not heard makes somebody do the shard again, so it is worth some tries. */
const ACK_MS = 60_000;
/** Who lets go is often about to end; without it the shard only waits a little longer. */
const RELEASE_MS = 3000;

/** A message of JetStream, answered with requests: only then is it known that the server has heard. */
export class NatsDelivery implements Delivery {
  readonly id: string;
  readonly bucket: number;
  readonly data: Uint8Array;
  readonly asked: number;
  readonly #connection: NatsConnection;
  readonly #reply: string;
  readonly #onEnd: () => void;

  constructor(connection: NatsConnection, message: Msg, { bucket, asked, onEnd }: Place) {
    this.#connection = connection;
    this.#reply = message.reply ?? '';
    this.#onEnd = onEnd;
    this.bucket = bucket;
    this.asked = asked;
    this.id = message.subject.slice(message.subject.lastIndexOf('.') + 1);
    this.data = message.data;
  }

  async extend(): Promise<void> {
    await this.#answer('+WPI');
  }

  async ack(): Promise<void> {
    try {
      await sitOut(() => this.#answer('+ACK'), {
        what: 'hear that a shard is done',
        forMs: ACK_MS,
      });
    } finally {
      this.#onEnd();
    }
  }

  async release(delayMs: number): Promise<void> {
    const text = delayMs > 0 ? `-NAK ${JSON.stringify({ delay: delayMs * 1e6 })}` : '-NAK';
    try {
      await sitOut(() => this.#answer(text), { what: 'take a shard back', forMs: RELEASE_MS });
    } finally {
      this.#onEnd();
    }
  }

  lose(): void {
    this.#onEnd();
  }

  async #answer(text: string): Promise<void> {
    await this.#connection.request(this.#reply, text, { timeout: REQUEST_MS });
  }
}
