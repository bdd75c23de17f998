import type { PartyIndex } from '@keymesh/foundation';
import type { LinkFaults, Partition } from '../plan.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Clients are party 0 on the links: outside every partition's group. */
export const CLIENT: PartyIndex = 0;

/** Time in which TCP notices a loss. Milliseconds. */
const TCP_REPEAT_MS = 300;
/** Share of losses that end a connection. */
const BROKEN_CONNECTIONS = 0.2;

/** Decides what becomes of each frame and request: lost, delayed, doubled, or cut off by a partition. */
export class FaultyLinks {
  readonly #faults: LinkFaults;
  readonly #partitions: readonly Partition[];
  readonly #random: SeededRandom;
  readonly #elapsedMs: () => number;

  constructor(faults: LinkFaults, partitions: readonly Partition[], random: SeededRandom, elapsedMs: () => number) {
    this.#faults = faults;
    this.#partitions = partitions;
    this.#random = random;
    this.#elapsedMs = elapsedMs;
  }

  /** Delays of the copies that arrive. Milliseconds. */
  deliveries(from: PartyIndex, to: PartyIndex): readonly number[] {
    const { loss, duplication } = this.#faults;
    if (this.isCut(from, to) || this.#random.chance(loss)) return [];
    return this.#random.chance(duplication) ? [this.#delayMs(), this.#delayMs()] : [this.#delayMs()];
  }

  /**
   * Requests and answers ride on TCP, which repeats lost packets: one is late by `TCP_REPEAT_MS`, and sometimes the
   * connection breaks for good.
   */
  requestDeliveries(from: PartyIndex, to: PartyIndex): readonly number[] {
    const { loss, duplication } = this.#faults;
    if (this.isCut(from, to) || this.#random.chance(loss * BROKEN_CONNECTIONS)) return [];
    const delayMs = this.#delayMs() + (this.#random.chance(loss) ? TCP_REPEAT_MS : 0);
    return this.#random.chance(duplication) ? [delayMs, delayMs + this.#delayMs()] : [delayMs];
  }

  isCut(a: PartyIndex, b: PartyIndex): boolean {
    const now = this.#elapsedMs();
    return this.#partitions.some(
      ({ group, fromMs, untilMs }) => now >= fromMs && now < untilMs && group.includes(a) !== group.includes(b),
    );
  }

  #delayMs(): number {
    const { delayMinMs, delayMaxMs, slow, slowMs } = this.#faults;
    return this.#random.integer(delayMinMs, delayMaxMs) + (this.#random.chance(slow) ? slowMs : 0);
  }
}
