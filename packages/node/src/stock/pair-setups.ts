import { equalBytes, type KeymeshError, type PartyIndex, type RandomSource, toKeymeshError } from '@keymesh/foundation';
import type { Curve } from '@keymesh/threshold/curves';
import { type AbandonableProtocol, createSetup, type PairTransfers, type SetupOutput } from '@keymesh/threshold/ecdsa';
import { type PairEnd, pairRunOf } from './messages.ts';

export interface PairSetupsModules {
  /** The curve of the base transfers. */
  readonly curve: Curve;
  readonly random: RandomSource;
  readonly send: (to: PartyIndex, pairRun: Uint8Array, round: number, body: Uint8Array) => void;
  /** The peer begins a set-up, and has forgotten that the pair is burnt. */
  readonly refuse: (peer: PartyIndex, pairRun: Uint8Array) => void;
  readonly onReady: (peer: PartyIndex) => void;
  /**
   * No transfers with the peer in this epoch any more. `error`: its check that failed, or its nonsense; absent if the
   * peer says that ours did.
   */
  readonly onBurnt: (peer: PartyIndex, error?: KeymeshError) => void;
}

interface Setup {
  readonly run: Uint8Array;
  readonly protocol: AbandonableProtocol<SetupOutput>;
}

/**
 * The base transfers of this node with each peer, for one epoch and one boot of both (docs/spec/signing.md §2). A
 * set-up begins when both serve the epoch.
 */
export class PairSetups {
  readonly #epochId: Uint8Array;
  readonly #self: PairEnd;
  readonly #modules: PairSetupsModules;
  readonly #burnt: Set<PartyIndex>;
  /** Pairs of others of which one said that they are burnt: `low/high`. */
  readonly #burntElsewhere = new Set<string>();
  readonly #setups = new Map<PartyIndex, Setup>();
  readonly #transfers = new Map<PartyIndex, PairTransfers>();

  constructor(epochId: Uint8Array, self: PairEnd, burnt: readonly PartyIndex[], modules: PairSetupsModules) {
    this.#epochId = epochId;
    this.#self = self;
    this.#burnt = new Set(burnt);
    this.#modules = modules;
  }

  /** With peers whose set-up is done. A failed check burns one of these from inside. */
  get transfers(): ReadonlyMap<PartyIndex, PairTransfers> {
    return this.#transfers;
  }

  isReady(peer: PartyIndex): boolean {
    return this.#transfers.has(peer);
  }

  /** Two of the signers that do not presign together any more, ascending; or undefined. */
  burntAmong(signers: readonly PartyIndex[]): readonly PartyIndex[] | undefined {
    const own = signers.find((party) => this.#burnt.has(party));
    if (own !== undefined) return ascending(this.#self.party, own);
    for (const low of signers) {
      for (const high of signers) {
        if (low < high && this.#burntElsewhere.has(`${low}/${high}`)) return [low, high];
      }
    }
    return undefined;
  }

  /** The peer serves the epoch in this boot. Repeats are ignored. */
  begin(peer: PairEnd): void {
    const { party } = peer;
    if (this.#burnt.has(party) || this.#setups.has(party) || this.#transfers.has(party)) return;
    const { curve, random } = this.#modules;
    const participants = [this.#self.party, party].sort((a, b) => a - b);
    const protocol = createSetup({ curve, epochId: this.#epochId, self: this.#self.party, participants, random });
    this.#setups.set(party, { run: pairRunOf(this.#epochId, this.#self, peer), protocol });
    this.#advance(party);
  }

  /** @returns false if the message is not of the set-up of these two boots. */
  receive(peer: PairEnd, run: Uint8Array, round: number, body: Uint8Array): boolean {
    if (!this.#isRunOf(peer, run)) return false;
    if (this.#burnt.has(peer.party)) {
      this.#modules.refuse(peer.party, run);
      return true;
    }
    // Whoever speaks is ready, even if that message is still under way.
    this.begin(peer);
    const setup = this.#setups.get(peer.party);
    if (setup === undefined) return true;
    try {
      setup.protocol.receive(peer.party, round, body);
    } catch (thrown) {
      this.#fail(peer.party, thrown);
      return true;
    }
    this.#advance(peer.party);
    return true;
  }

  /** The peer gave a run up. @returns false if that is not the set-up of these two boots. */
  peerRefused(peer: PairEnd, run: Uint8Array): boolean {
    if (!this.#isRunOf(peer, run)) return false;
    this.burn(peer.party);
    return true;
  }

  /** The peer restarted: what was made with its old boot is worthless. */
  forget(peer: PartyIndex): void {
    this.#setups.get(peer)?.protocol.abandon();
    this.#setups.delete(peer);
    this.#transfers.get(peer)?.burn();
    this.#transfers.delete(peer);
  }

  /** No more presigning with the peer in this epoch. Repeats are ignored. */
  burn(peer: PartyIndex, error?: KeymeshError): void {
    if (this.#burnt.has(peer)) return;
    this.#burnt.add(peer);
    this.forget(peer);
    this.#modules.onBurnt(peer, error);
  }

  /**
   * A member says that it does not presign with another any more. It could refuse that other in any case, so its word
   * is enough for pairs of its own.
   */
  claimed(claimant: PartyIndex, other: PartyIndex): void {
    if (other === this.#self.party) this.burn(claimant);
    else if (other !== claimant) this.#burntElsewhere.add(ascending(claimant, other).join('/'));
  }

  /** Destroys everything. */
  close(): void {
    for (const peer of [...this.#setups.keys(), ...this.#transfers.keys()]) this.forget(peer);
  }

  #isRunOf(peer: PairEnd, run: Uint8Array): boolean {
    return equalBytes(run, pairRunOf(this.#epochId, this.#self, peer));
  }

  #advance(peer: PartyIndex): void {
    for (;;) {
      const setup = this.#setups.get(peer);
      if (setup === undefined) return;
      try {
        const step = setup.protocol.poke();
        if (step.kind === 'wait') return;
        if (step.kind === 'send') this.#modules.send(peer, setup.run, step.round, step.body);
        else this.#finish(peer, step.output);
      } catch (thrown) {
        this.#fail(peer, thrown);
        return;
      }
    }
  }

  #finish(peer: PartyIndex, output: SetupOutput): void {
    this.#setups.delete(peer);
    this.#transfers.set(peer, output.get(peer) as PairTransfers);
    this.#modules.onReady(peer);
  }

  #fail(peer: PartyIndex, thrown: unknown): void {
    const error = toKeymeshError(thrown);
    // A repeat or an early message of a faulty peer does not end the run; the protocol says what does.
    if (error.code === 'ecdsa/unexpected-message') return;
    this.burn(peer, error);
  }
}

function ascending(a: PartyIndex, b: PartyIndex): readonly [PartyIndex, PartyIndex] {
  return a < b ? [a, b] : [b, a];
}
