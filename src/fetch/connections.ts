import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** undici tells here, in the turn in which it starts a request, which socket it writes it to. */
const SENDING = 'undici:client:sendHeaders';

/** Numbers a pool's connections from 1, and says which of them carries a request. For traces. */
export class Connections implements Disposable {
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;
  #starting: ((connection: number) => void) | undefined;

  constructor() {
    subscribe(SENDING, this.#heard);
  }

  numberOf(socket: object): number {
    const known = this.#numbers.get(socket);
    if (known !== undefined) return known;
    this.#numbers.set(socket, ++this.#last);
    return this.#last;
  }

  /** Call when undici starts a request: `tell` is called within the same turn, or never. */
  ofStarting(tell: (connection: number) => void): void {
    this.#starting = tell;
    // A request that was given up in between is not sent; the next one is another's.
    queueMicrotask(() => {
      if (this.#starting === tell) this.#starting = undefined;
    });
  }

  [Symbol.dispose](): void {
    unsubscribe(SENDING, this.#heard);
  }

  readonly #heard = (message: unknown): void => {
    const tell = this.#starting;
    const { socket } = message as { socket?: object };
    if (!tell || !socket) return;
    this.#starting = undefined;
    tell(this.numberOf(socket));
  };
}
