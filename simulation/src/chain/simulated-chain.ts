import { type Clock, KeymeshError, type PartyIndex, toHex } from '@keymesh/foundation';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { History } from '../history.ts';
import { type ChainSnapshot, type Committee, type EpochTransactions, executionIdOf } from '../node-parts.ts';
import type { ChainFaults } from '../plan.ts';
import { type EpochCall, EpochLedger } from './epoch-ledger.ts';

/** Only names the chain in execution ids. */
const CHAIN_ID = 31_337;
const STAKING_ADDRESS = `0x${'5a'.repeat(20)}`;
/** A node whose transaction vanished learns of it after so long. Milliseconds. */
const LOST_TRANSACTION_TIMEOUT_MS = 6_000;

interface Waiting {
  readonly party: PartyIndex;
  readonly call: EpochCall;
  readonly resolve: () => void;
  readonly reject: (error: KeymeshError) => void;
  /** The sender never hears of it, although it is mined. */
  readonly silently: boolean;
}

type Observer = (snapshot: ChainSnapshot) => void;

/**
 * A chain with blocks at even times, transactions in random order within a block, and observers that see blocks late,
 * out of order or not at all. What the calls do is the protocol package's epoch machine.
 */
export class SimulatedChain {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #faults: ChainFaults;
  readonly #history: History;
  readonly #ledger: EpochLedger;
  readonly #observers = new Map<PartyIndex, Observer>();
  #pool: Waiting[] = [];
  #height = 0;
  #lastAttempt = '';

  constructor(modules: {
    readonly clock: Clock;
    readonly random: SeededRandom;
    readonly faults: ChainFaults;
    readonly history: History;
    readonly committee: Committee;
  }) {
    this.#clock = modules.clock;
    this.#random = modules.random;
    this.#faults = modules.faults;
    this.#history = modules.history;
    this.#ledger = new EpochLedger(modules.committee);
    this.#noteAttempt();
    this.#clock.setTimer(this.#faults.blockMs, () => this.#mine());
  }

  get snapshot(): ChainSnapshot {
    const hash = `0x${this.#height.toString(16).padStart(64, '0')}`;
    const { pending, active } = this.#ledger;
    return {
      block: { number: BigInt(this.#height), hash },
      chainId: CHAIN_ID,
      staking: STAKING_ADDRESS,
      pending,
      active,
    };
  }

  /** A member's process begins to follow the chain; it sees the present soon. A new observer replaces the old. */
  observe(party: PartyIndex, observer: Observer): void {
    this.#observers.set(party, observer);
    this.#show(party, this.snapshot);
  }

  /** The account of one member. Fails as the plan says. */
  transactionsOf(party: PartyIndex): EpochTransactions {
    const send = (call: EpochCall) => this.#send(party, call);
    return {
      voteKeyGeneration: (vote) => send({ kind: 'vote-result', ...vote }),
      voteRetry: (vote) => send({ kind: 'vote-retry', ...vote }),
      advanceEpoch: () => send({ kind: 'advance' }),
    };
  }

  #send(party: PartyIndex, call: EpochCall): Promise<void> {
    return new Promise((resolve, reject) => {
      const fails = this.#random.chance(this.#faults.failedTransaction);
      const silently = fails && this.#random.chance(0.5);
      if (!fails || silently) this.#pool.push({ party, call, resolve, reject, silently });
      if (fails) this.#clock.setTimer(LOST_TRANSACTION_TIMEOUT_MS, () => reject(connectionLost()));
    });
  }

  #mine(): void {
    this.#height += 1;
    const now = this.#random.shuffle(this.#pool);
    this.#pool = [];
    for (const { party, call, resolve, reject, silently } of now) {
      const refused = this.#ledger.apply(party, call);
      this.#history.record({ kind: 'transaction', party, call: call.kind, outcome: refused ?? 'mined' });
      this.#noteAttempt();
      if (silently) continue;
      if (refused === undefined) resolve();
      else reject(reverted(refused));
    }
    if (now.length > 0) this.#history.record({ kind: 'block', number: this.#height, state: this.#ledger.stateName });
    const snapshot = this.snapshot;
    for (const party of this.#observers.keys()) {
      if (!this.#random.chance(this.#faults.missedBlock)) this.#show(party, snapshot);
    }
    this.#clock.setTimer(this.#faults.blockMs, () => this.#mine());
  }

  #show(party: PartyIndex, snapshot: ChainSnapshot): void {
    const observer = this.#observers.get(party);
    this.#clock.setTimer(this.#random.integer(0, this.#faults.observeDelayMaxMs), () => {
      if (this.#observers.get(party) === observer) observer?.(snapshot);
    });
  }

  #noteAttempt(): void {
    const { pending } = this.#ledger;
    if (pending === undefined) return;
    const { attempt, excluded, committee } = pending;
    const name = `${committee.epoch}/${attempt}`;
    if (name === this.#lastAttempt) return;
    this.#lastAttempt = name;
    const executionId = toHex(
      executionIdOf({ chainId: CHAIN_ID, staking: STAKING_ADDRESS, committee, attempt, excluded }),
    );
    this.#history.record({ kind: 'attempt', epoch: committee.epoch, attempt, excluded, executionId });
  }
}

function connectionLost(): KeymeshError {
  return new KeymeshError('The chain did not answer.', { code: 'chain/unreachable', fault: 'environment' });
}

function reverted(reason: string): KeymeshError {
  return new KeymeshError(`The contract refused: ${reason}.`, { code: 'chain/reverted', fault: 'caller' });
}
