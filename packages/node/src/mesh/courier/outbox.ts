import {
  COURIER_IN_FLIGHT_BYTES_MAX,
  COURIER_OUTBOX_BYTES_MAX,
  COURIER_OUTBOX_MESSAGES_MAX,
  COURIER_WINDOW_MESSAGES,
} from '../../limits.ts';
import type { Received } from './frame.ts';

/** A message on its way to one boot of a peer. */
export interface InFlight {
  readonly id: number;
  readonly body: Uint8Array;
  /** Clock time in milliseconds at which it is sent again. */
  dueAt: number;
  attempts: number;
}

/** The messages to one peer that it has not acknowledged: a bounded queue, and the window of it that is in flight. */
export class Outbox {
  readonly #queued: Uint8Array[] = [];
  readonly #inFlight = new Map<number, InFlight>();
  #lastId = 0;
  #bytes = 0;
  #inFlightBytes = 0;

  /** In flight, oldest first. */
  get inFlight(): Iterable<InFlight> {
    return this.#inFlight.values();
  }

  get size(): number {
    return this.#queued.length + this.#inFlight.size;
  }

  /** @returns false if it is full and the message was not taken. */
  add(body: Uint8Array): boolean {
    if (this.size >= COURIER_OUTBOX_MESSAGES_MAX || this.#bytes + body.length > COURIER_OUTBOX_BYTES_MAX) return false;
    this.#queued.push(body);
    this.#bytes += body.length;
    return true;
  }

  /** Gives the next queued message an id, if the window has room. The caller sends it and sets when it is due. */
  next(): InFlight | undefined {
    const body = this.#queued[0];
    if (body === undefined) return undefined;
    const oldest = this.#inFlight.keys().next().value ?? this.#lastId + 1;
    // The receiver remembers one window beyond what it has without a gap, so ids may not run further ahead.
    if (this.#lastId + 1 - oldest >= COURIER_WINDOW_MESSAGES) return undefined;
    if (this.#inFlight.size > 0 && this.#inFlightBytes + body.length > COURIER_IN_FLIGHT_BYTES_MAX) return undefined;
    this.#queued.shift();
    this.#lastId += 1;
    this.#inFlightBytes += body.length;
    const message = { id: this.#lastId, body, dueAt: 0, attempts: 0 };
    this.#inFlight.set(message.id, message);
    return message;
  }

  /** Forgets what the peer has. @returns false if it claims to have what was never sent to it. */
  acknowledge(received: Received): boolean {
    if (received.upTo > this.#lastId) return false;
    for (const message of this.#inFlight.values()) {
      if (message.id > received.upTo && !received.beyond.has(message.id)) continue;
      this.#inFlight.delete(message.id);
      this.#inFlightBytes -= message.body.length;
      this.#bytes -= message.body.length;
    }
    return true;
  }

  /** The peer is another boot now: what is not acknowledged waits again, in its order, and ids start afresh. */
  restart(): void {
    this.#queued.unshift(...[...this.#inFlight.values()].map((message) => message.body));
    this.#inFlight.clear();
    this.#inFlightBytes = 0;
    this.#lastId = 0;
  }

  clear(): void {
    this.restart();
    this.#queued.length = 0;
    this.#bytes = 0;
  }
}
