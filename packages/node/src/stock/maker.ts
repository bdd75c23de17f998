import { type Clock, type PartyIndex, type RandomSource, toHex } from '@keymesh/foundation';
import type { Curves } from '@keymesh/threshold/curves';
import type { MultiplicationKernel, SymmetricPrimitives } from '@keymesh/threshold/ecdsa';
import { Batches } from './batches.ts';
import { notServing } from './maker-errors.ts';
import type { DropReason, Maker, MakerEpoch, MakerEvent, PreparationOrder } from './maker-events.ts';
import { MakerKeys } from './maker-keys.ts';
import { decodeStockMessage, encodeStockMessage, type StockMessage } from './messages.ts';
import { PairSetups } from './pair-setups.ts';

export interface StockMakerModules {
  readonly curves: Curves;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** This node's boot, as peers see it. 16 bytes. */
  readonly boot: Uint8Array;
  readonly send: (to: PartyIndex, message: Uint8Array) => void;
  readonly emit: (event: MakerEvent) => void;
}

/** What lives as long as one epoch. */
interface Era {
  readonly epoch: MakerEpoch;
  readonly pairs: PairSetups;
  readonly batches: Batches;
}

/**
 * Makes preparations with the other members (docs/spec/signing.md §2, §3): knows who serves the epoch in which boot,
 * and hands messages to the set-ups of pairs and to the batches. Pure but for its arguments.
 */
export class StockMaker implements Maker {
  readonly #modules: StockMakerModules;
  readonly #boots = new Map<PartyIndex, Uint8Array>();
  /** Peers that said that they serve an epoch, by its id in hex; of their present boot. */
  readonly #ready = new Map<PartyIndex, string>();
  #era: Era | undefined;

  constructor(modules: StockMakerModules) {
    this.#modules = modules;
  }

  begin(epoch: MakerEpoch): void {
    this.end();
    this.#era = this.#eraOf(epoch);
    for (let peer = 1; peer <= epoch.partyCount; peer++) {
      if (peer === epoch.self) continue;
      this.#send(peer, { kind: 'ready', epochId: epoch.epochId });
      this.#considerSetup(peer);
    }
  }

  end(): void {
    const era = this.#era;
    this.#era = undefined;
    if (era === undefined) return;
    era.batches.abandon();
    era.pairs.close();
    for (const { share } of era.epoch.roots) share.wipe();
  }

  peerBooted(peer: PartyIndex, boot: Uint8Array): void {
    const isRestart = this.#boots.has(peer);
    this.#boots.set(peer, boot);
    this.#ready.delete(peer);
    const era = this.#era;
    if (era === undefined || peer === era.epoch.self || peer > era.epoch.partyCount) return;
    if (isRestart) {
      era.pairs.forget(peer);
      era.batches.peerRestarted(peer);
    }
    this.#send(peer, { kind: 'ready', epochId: era.epoch.epochId });
  }

  receive(from: PartyIndex, bytes: Uint8Array): void {
    let message: StockMessage | undefined;
    try {
      message = decodeStockMessage(bytes);
    } catch {
      // Counted below, with the kinds that this version does not know.
    }
    switch (message?.kind) {
      case undefined:
        this.#drop(from, 'malformed');
        return;
      case 'ready':
        this.#ready.set(from, toHex(message.epochId));
        this.#considerSetup(from);
        return;
      case 'setup':
        this.#receiveSetup(from, message);
        return;
      case 'preparing':
        this.#receivePart(from, message);
        return;
      case 'failed':
        this.#receiveFailed(from, message);
        return;
    }
  }

  make(order: PreparationOrder): void {
    if (this.#era !== undefined) {
      this.#era.batches.make(order);
      return;
    }
    const { scheme, signers } = order;
    this.#modules.emit({ kind: 'failed', order: order.order, scheme, signers, error: notServing() });
  }

  #eraOf(epoch: MakerEpoch): Era {
    const { curves, primitives, kernel, clock, random, boot, emit } = this.#modules;
    const { epochId } = epoch;
    const pairs = new PairSetups(epochId, { party: epoch.self, boot }, epoch.burntPairs, {
      ...{ curve: curves.secp256k1, random },
      send: (to, pairRun, round, body) => this.#send(to, { kind: 'setup', pairRun, round, body }),
      refuse: (peer, run) =>
        this.#send(peer, { kind: 'failed', run, code: 'stock/pair-burnt', parties: [epoch.self, peer] }),
      onReady: (peer) => {
        emit({ kind: 'pair-ready', peer });
        batches.considerWaiting();
      },
      onBurnt: (peer, error) => {
        emit({ kind: 'pair-burnt', epochId, peer, ...(error === undefined ? {} : { error }) });
        batches.considerWaiting();
      },
    });
    const batches = new Batches({
      ...{ epoch, pairs, curves, primitives, kernel, clock, random, emit },
      keys: new MakerKeys(epoch, curves),
      bootOf: (party) => (party === epoch.self ? boot : this.#boots.get(party)),
      send: (to, message) => this.#send(to, message),
    });
    return { epoch, pairs, batches };
  }

  #receiveSetup(from: PartyIndex, message: Extract<StockMessage, { kind: 'setup' }>): void {
    const boot = this.#boots.get(from);
    const isTaken =
      boot !== undefined &&
      this.#era?.pairs.receive({ party: from, boot }, message.pairRun, message.round, message.body) === true;
    if (!isTaken) this.#drop(from, 'unknown-run');
  }

  #receivePart(from: PartyIndex, message: Extract<StockMessage, { kind: 'preparing' }>): void {
    if (this.#era !== undefined) {
      this.#era.batches.receive(from, message);
      return;
    }
    this.#drop(from, 'unknown-run');
    // The others need not wait for who does not serve yet.
    const code = notServing().code;
    if (message.header.length > 0) this.#send(from, { kind: 'failed', run: message.run, code, parties: [] });
  }

  #receiveFailed(from: PartyIndex, message: Extract<StockMessage, { kind: 'failed' }>): void {
    const era = this.#era;
    const boot = this.#boots.get(from);
    if (era === undefined || boot === undefined) return;
    if (!era.pairs.peerRefused({ party: from, boot }, message.run)) era.batches.peerFailed(from, message);
  }

  #considerSetup(peer: PartyIndex): void {
    const era = this.#era;
    const boot = this.#boots.get(peer);
    if (era === undefined || boot === undefined || this.#ready.get(peer) !== toHex(era.epoch.epochId)) return;
    era.pairs.begin({ party: peer, boot });
  }

  #send(to: PartyIndex, message: StockMessage): void {
    this.#modules.send(to, encodeStockMessage(message));
  }

  #drop(from: PartyIndex, reason: DropReason): void {
    this.#modules.emit({ kind: 'dropped', from, reason });
  }
}
