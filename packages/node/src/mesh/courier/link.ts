import { type Clock, equalBytes, type RandomSource, type Timer } from '@keymesh/foundation';
import {
  COURIER_ACK_DELAY_MS,
  COURIER_RETRANSMIT_DELAY_MAX_MS,
  COURIER_RETRANSMIT_DELAY_MIN_MS,
} from '../../limits.ts';
import { backoffMs } from '../backoff.ts';
import type { CourierCounters } from './counters.ts';
import { type CourierFrame, type DataFrame, encodeCourierFrame, PROBE_NONCE_BYTES } from './frame.ts';
import { Inbox } from './inbox.ts';
import { type InFlight, Outbox } from './outbox.ts';

export interface LinkModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly counters: CourierCounters;
  readonly transmit: (frame: Uint8Array) => void;
  readonly deliver: (message: Uint8Array) => void;
  readonly peerBooted: (boot: Uint8Array, previous: Uint8Array | undefined) => void;
}

interface Probe {
  readonly nonce: Uint8Array;
  sentAt: number;
  attempts: number;
  /** Boots that showed themselves since the nonce was made: the first one, and whether there was another. */
  met?: { readonly boot: Uint8Array; others: boolean };
}

const PAUSE = { minMs: COURIER_RETRANSMIT_DELAY_MIN_MS, maxMs: COURIER_RETRANSMIT_DELAY_MAX_MS };

/**
 * One courier's side towards one peer.
 *
 * Ids, acknowledgements and repeats count between one boot here and one boot there, so the question is which boot the
 * peer is. A boot id in a frame does not answer it: the frame may be late, from a boot that is dead. So a link believes
 * in a boot only after that boot has echoed a fresh nonce. A nonce made after boot b was believed cannot be echoed by a
 * boot that died before b began; hence the boots that a link believes in follow each other as they really did, none
 * comes back, and forgetting the inbox of the previous one is safe.
 */
export class CourierLink {
  readonly #boot: Uint8Array;
  readonly #modules: LinkModules;
  readonly #outbox = new Outbox();
  #inbox = new Inbox();
  #peerBoot: Uint8Array | undefined;
  /** The probe that awaits its answer. */
  #probe: Probe | undefined;
  #probeTimer: Timer | undefined;
  #ackTimer: Timer | undefined;
  #resendTimer: Timer | undefined;
  #resendAt = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(boot: Uint8Array, modules: LinkModules) {
    this.#boot = boot;
    this.#modules = modules;
  }

  get unacknowledged(): number {
    return this.#outbox.size;
  }

  /** Asks who the peer is. Again when frames show that it may be another boot; not more often than the first pause. */
  probe(): void {
    const now = this.#modules.clock.now();
    if (this.#probe === undefined) {
      this.#probe = { nonce: this.#modules.random(PROBE_NONCE_BYTES), sentAt: now, attempts: 0 };
    } else if (now - this.#probe.sentAt < PAUSE.minMs) {
      return;
    }
    this.#sendProbe();
  }

  send(message: Uint8Array): void {
    if (this.#closed) return;
    if (!this.#outbox.add(message)) {
      this.#modules.counters.drops['outbox-full'] += 1;
      return;
    }
    this.#modules.counters.messagesSent += 1;
    this.#pump();
  }

  /** The connection is (again) up: what was sent into the void goes out at once. */
  connected(): void {
    if (this.#closed) return;
    if (this.#probe !== undefined) {
      this.#probe.attempts = 0;
      this.#sendProbe();
    } else if (this.#peerBoot === undefined) {
      this.probe();
    }
    const now = this.#modules.clock.now();
    for (const message of this.#outbox.inFlight) {
      message.attempts = 0;
      message.dueAt = now;
    }
    this.#resend();
  }

  receive(frame: CourierFrame): void {
    if (this.#closed) return;
    switch (frame.kind) {
      case 'probe':
        this.#transmit({ kind: 'answer', boot: this.#boot, nonce: frame.nonce });
        this.#meet(frame.boot);
        return;
      case 'answer':
        if (this.#probe === undefined || !equalBytes(this.#probe.nonce, frame.nonce)) this.#meet(frame.boot);
        else this.#hearAnswer(frame.boot);
        return;
      case 'data':
        this.#receiveData(frame);
        return;
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#probeTimer, this.#ackTimer, this.#resendTimer]) timer?.cancel();
    this.#outbox.clear();
  }

  #receiveData(frame: DataFrame): void {
    const { counters } = this.#modules;
    if (!this.#isPeer(frame.boot)) {
      counters.drops['unknown-boot'] += 1;
      this.#meet(frame.boot);
      return;
    }
    if (!equalBytes(frame.peerBoot, this.#boot)) {
      // Meant for the process that ran here before; this frame makes the peer ask who we are.
      counters.drops['stale-boot'] += 1;
      this.#acknowledge();
      return;
    }
    if (!this.#outbox.acknowledge(frame.received)) {
      counters.drops.malformed += 1;
      return;
    }
    const { message } = frame;
    if (message !== undefined) {
      const verdict = this.#inbox.accept(message.id);
      if (verdict !== 'new') counters.drops[verdict] += 1;
      this.#acknowledgeSoon();
      if (verdict === 'new') {
        counters.messagesDelivered += 1;
        this.#modules.deliver(message.body);
      }
    }
    this.#pump();
  }

  #isPeer(boot: Uint8Array): boolean {
    return this.#peerBoot !== undefined && equalBytes(this.#peerBoot, boot);
  }

  /** A frame of a boot that may be the peer now, or may be late. */
  #meet(boot: Uint8Array): void {
    if (this.#isPeer(boot)) return;
    const probe = this.#probe;
    if (probe !== undefined) {
      if (probe.met === undefined) probe.met = { boot, others: false };
      else if (!equalBytes(probe.met.boot, boot)) probe.met.others = true;
    }
    this.probe();
  }

  /**
   * Several boots may echo one nonce, each while it lived, and the first echo that arrives may be of one that has died
   * since. So if another boot showed itself meanwhile, a nonce that is younger than both says which of them is there.
   */
  #hearAnswer(boot: Uint8Array): void {
    const met = this.#probe?.met;
    this.#probe = undefined;
    this.#probeTimer?.cancel();
    if (!this.#isPeer(boot)) this.#believe(boot);
    if (met !== undefined && (met.others || !equalBytes(met.boot, boot))) this.probe();
  }

  #believe(boot: Uint8Array): void {
    const previous = this.#peerBoot;
    this.#peerBoot = boot;
    this.#inbox = new Inbox();
    this.#outbox.restart();
    this.#pump();
    this.#modules.peerBooted(boot, previous);
  }

  /** Sends what the window allows. */
  #pump(): void {
    if (this.#peerBoot === undefined || this.#closed) return;
    for (let message = this.#outbox.next(); message !== undefined; message = this.#outbox.next()) {
      this.#sendMessage(message);
    }
  }

  #sendMessage(message: InFlight): void {
    const { clock, random } = this.#modules;
    message.dueAt = clock.now() + backoffMs(PAUSE, message.attempts, random);
    message.attempts += 1;
    this.#sendData({ id: message.id, body: message.body });
    this.#resendNotAfter(message.dueAt);
  }

  #resendNotAfter(dueAt: number): void {
    if (dueAt >= this.#resendAt) return;
    this.#resendTimer?.cancel();
    this.#resendAt = dueAt;
    const delayMs = Math.max(0, dueAt - this.#modules.clock.now());
    this.#resendTimer = this.#modules.clock.setTimer(delayMs, () => this.#resend());
  }

  #resend(): void {
    this.#resendTimer?.cancel();
    this.#resendAt = Number.POSITIVE_INFINITY;
    const now = this.#modules.clock.now();
    for (const message of [...this.#outbox.inFlight]) {
      if (message.dueAt <= now) {
        this.#modules.counters.retransmissions += 1;
        this.#sendMessage(message);
      } else {
        this.#resendNotAfter(message.dueAt);
      }
    }
  }

  #sendProbe(): void {
    const probe = this.#probe;
    if (probe === undefined || this.#closed) return;
    const { clock, random } = this.#modules;
    probe.sentAt = clock.now();
    this.#probeTimer?.cancel();
    this.#probeTimer = clock.setTimer(backoffMs(PAUSE, probe.attempts, random), () => this.#sendProbe());
    probe.attempts += 1;
    this.#transmit({ kind: 'probe', boot: this.#boot, nonce: probe.nonce });
  }

  #acknowledgeSoon(): void {
    this.#ackTimer ??= this.#modules.clock.setTimer(COURIER_ACK_DELAY_MS, () => this.#acknowledge());
  }

  #acknowledge(): void {
    if (!this.#closed) this.#sendData(undefined);
  }

  /** Every data frame acknowledges all that arrived so far. */
  #sendData(message: DataFrame['message']): void {
    if (this.#peerBoot === undefined) return;
    this.#ackTimer?.cancel();
    this.#ackTimer = undefined;
    this.#transmit({ kind: 'data', boot: this.#boot, peerBoot: this.#peerBoot, received: this.#inbox, message });
  }

  #transmit(frame: CourierFrame): void {
    this.#modules.transmit(encodeCourierFrame(frame));
  }
}
