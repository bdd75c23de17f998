import type { Clock, PartyIndex } from '@keymesh/foundation';
import type { Transport } from './transport.ts';

/**
 * What the network does to one frame: the delay in milliseconds of each copy that arrives. An empty list loses the
 * frame, two entries duplicate it, and different delays reorder it against others.
 */
export type FaultPolicy = (from: PartyIndex, to: PartyIndex, frame: Uint8Array) => readonly number[];

const PERFECT: FaultPolicy = () => [0];

/**
 * The mesh in one process, for simulations and tests: frames travel through timers of the injected clock and through a
 * fault policy, and nothing else decides anything, so a run is a function of clock and policy. Frames in flight outlive
 * the crash of their sender and may reach the receiver's next life, which is worse than TCP ever is.
 */
export class MemoryNetwork {
  readonly parties: readonly PartyIndex[];
  readonly #clock: Clock;
  #faults: FaultPolicy;
  readonly #endpoints = new Map<PartyIndex, MemoryTransport>();
  /** Frames handed over by senders, and copies handed to receivers. */
  readonly counters = { sent: 0, delivered: 0 };

  constructor(options: {
    readonly parties: readonly PartyIndex[];
    readonly clock: Clock;
    readonly faults?: FaultPolicy;
  }) {
    this.parties = [...options.parties].sort((a, b) => a - b);
    this.#clock = options.clock;
    this.#faults = options.faults ?? PERFECT;
  }

  /** Replaces the fault policy for frames that are sent from now on. */
  setFaults(faults: FaultPolicy): void {
    this.#faults = faults;
  }

  /** A new life of a party; a previous one is crashed. It takes part from its `start` on. */
  open(party: PartyIndex): MemoryTransport {
    this.crash(party);
    return new MemoryTransport(party, this);
  }

  /** The party stops as if killed; its peers see it go down. */
  crash(party: PartyIndex): void {
    this.#endpoints.get(party)?.stop();
  }

  /** @internal */
  attach(endpoint: MemoryTransport): void {
    const others = [...this.#endpoints.values()];
    this.#endpoints.set(endpoint.self, endpoint);
    for (const other of others) {
      this.#tell(other, endpoint.self, 'up');
      this.#tell(endpoint, other.self, 'up');
    }
  }

  /** @internal */
  detach(endpoint: MemoryTransport): void {
    if (this.#endpoints.get(endpoint.self) !== endpoint) return;
    this.#endpoints.delete(endpoint.self);
    for (const other of this.#endpoints.values()) this.#tell(other, endpoint.self, 'down');
  }

  /** @internal */
  carry(from: PartyIndex, to: PartyIndex, frame: Uint8Array): void {
    if (!this.parties.includes(to) || to === from) return;
    this.counters.sent += 1;
    for (const delayMs of this.#faults(from, to, frame)) {
      const copy = frame.slice();
      this.#clock.setTimer(delayMs, () => {
        const endpoint = this.#endpoints.get(to);
        if (endpoint === undefined) return;
        this.counters.delivered += 1;
        endpoint.receive(from, copy);
      });
    }
  }

  #tell(endpoint: MemoryTransport, peer: PartyIndex, state: 'up' | 'down'): void {
    this.#clock.setTimer(0, () => {
      if (this.#endpoints.get(endpoint.self) === endpoint) endpoint.notice(peer, state);
    });
  }
}

/** One life of one party on a `MemoryNetwork`. */
export class MemoryTransport implements Transport {
  readonly self: PartyIndex;
  readonly #network: MemoryNetwork;
  #running = false;
  #onFrame: (from: PartyIndex, frame: Uint8Array) => void = () => {};
  #onPeerChange: (peer: PartyIndex, state: 'up' | 'down') => void = () => {};

  /** @internal Use `MemoryNetwork.open`. */
  constructor(self: PartyIndex, network: MemoryNetwork) {
    this.self = self;
    this.#network = network;
  }

  get peers(): readonly PartyIndex[] {
    return this.#network.parties.filter((party) => party !== this.self);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#network.attach(this);
  }

  /** From now on nothing is sent or received. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#network.detach(this);
  }

  send(to: PartyIndex, frame: Uint8Array): void {
    if (this.#running) this.#network.carry(this.self, to, frame);
  }

  onFrame(handler: (from: PartyIndex, frame: Uint8Array) => void): void {
    this.#onFrame = handler;
  }

  onPeerChange(handler: (peer: PartyIndex, state: 'up' | 'down') => void): void {
    this.#onPeerChange = handler;
  }

  /** @internal */
  receive(from: PartyIndex, frame: Uint8Array): void {
    if (this.#running) this.#onFrame(from, frame);
  }

  /** @internal */
  notice(peer: PartyIndex, state: 'up' | 'down'): void {
    if (this.#running) this.#onPeerChange(peer, state);
  }
}
