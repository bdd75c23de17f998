import type { PartyIndex } from '@keymesh/foundation';
import type { Preparation, PreparedScheme } from '../../src/stock/preparation.ts';
import { MakerBus } from './maker-bus.ts';

/** Makes real preparations for tests of what uses them. One bus makes the set-ups of its pairs once. */
export class PreparationSource {
  readonly bus: MakerBus;
  readonly #used = new Set<Preparation>();

  constructor(options: { parties?: number; threshold?: number; withSetups?: boolean } = {}) {
    this.bus = new MakerBus(options);
    this.bus.run();
  }

  /** @returns `count` preparations, each as the halves of all signers. */
  make(scheme: PreparedScheme, signers: readonly PartyIndex[], owner: PartyIndex, count = 1) {
    this.bus.order(owner, scheme, signers, count);
    this.bus.run();
    const fresh = new Map(
      signers.map((party) => [party, this.bus.made(party).filter((preparation) => !this.#used.has(preparation))]),
    );
    for (const halves of fresh.values()) for (const half of halves) this.#used.add(half);
    return Array.from({ length: count }, (_, i) => {
      const halves = signers.map((party) => [party, fresh.get(party)?.[i] as Preparation] as const);
      return new Map<PartyIndex, Preparation>(halves);
    });
  }
}
