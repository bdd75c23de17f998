import {
  type Clock,
  equalBytes,
  type KeymeshError,
  type PartyIndex,
  type RandomSource,
  toHex,
} from '@keymesh/foundation';
import { isSchemeOf, SCHEMES } from '@keymesh/protocol/schemes';
import type { Curves } from '@keymesh/threshold/curves';
import type { AbandonableProtocol, MultiplicationKernel, SymmetricPrimitives } from '@keymesh/threshold/ecdsa';
import { admit } from './admission.ts';
import { BatchRun } from './batch-run.ts';
import { Confirmed } from './confirmed.ts';
import { EcdsaBatch } from './ecdsa-batch.ts';
import { FrostBatch } from './frost-batch.ts';
import { BATCHES_PER_PEER_MAX, ENDED_BATCHES_MAX } from './limits.ts';
import { pairBurnt, peerGaveUp, peersAway, restarted } from './maker-errors.ts';
import type { DropReason, MakerEpoch, MakerEvent, PreparationOrder } from './maker-events.ts';
import type { MakerKeys } from './maker-keys.ts';
import { type BatchHeader, decodeHeader, encodeHeader, runIdOf, type StockMessage } from './messages.ts';
import type { PairSetups } from './pair-setups.ts';
import type { Preparation, PreparedScheme } from './preparation.ts';

const NONCE_BYTES = 32;
const NOTHING = new Uint8Array(0);

type Part = Extract<StockMessage, { kind: 'preparing' }>;
type Failure = Extract<StockMessage, { kind: 'failed' }>;

export interface BatchesModules {
  readonly epoch: MakerEpoch;
  readonly keys: MakerKeys;
  readonly pairs: PairSetups;
  readonly curves: Curves;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** This node's own boot, too. */
  readonly bootOf: (party: PartyIndex) => Uint8Array | undefined;
  readonly send: (to: PartyIndex, message: StockMessage) => void;
  readonly emit: (event: MakerEvent) => void;
}

/** The batches of one epoch (docs/spec/signing.md §3): those that this node ordered, and those that others began. */
export class Batches {
  readonly #modules: BatchesModules;
  readonly #runs = new Map<string, BatchRun>();
  /** Batches that are over, oldest first: whether they failed. Without it two signers could begin one again and again. */
  readonly #ended = new Map<string, 'done' | 'failed'>();

  constructor(modules: BatchesModules) {
    this.#modules = modules;
  }

  /** Begins a batch of which this node is the owner. */
  make({ order, scheme, signers, count }: PreparationOrder): void {
    const { epoch, pairs, random, bootOf, emit } = this.#modules;
    const refuse = (error: KeymeshError): void => emit({ kind: 'failed', order, scheme, signers, error });
    const away = signers.filter((party) => bootOf(party) === undefined);
    if (away.length > 0) {
      refuse(peersAway(away));
      return;
    }
    const burnt = isSchemeOf('ecdsa', scheme) ? pairs.burntAmong(signers) : undefined;
    if (burnt !== undefined) {
      refuse(pairBurnt(burnt));
      return;
    }
    const header = {
      ...{ epochId: epoch.epochId, scheme, signers, count },
      owner: epoch.self,
      nonce: random(NONCE_BYTES),
      boots: signers.map((party) => bootOf(party) as Uint8Array),
    };
    this.#open(header, scheme, { introducedBy: epoch.self, order });
  }

  receive(from: PartyIndex, part: Part): void {
    const run = this.#runs.get(toHex(part.run)) ?? this.#join(from, part);
    run?.receive(from, part.round, part.body);
  }

  peerFailed(from: PartyIndex, { run: id, code, parties }: Failure): void {
    const run = this.#runs.get(toHex(id));
    if (run === undefined || !run.includes(from)) return;
    const other = parties.find((party) => party !== from);
    if (parties.length === 2 && parties.includes(from) && other !== undefined) {
      this.#modules.pairs.claimed(from, other);
    }
    run.fail(peerGaveUp(from, code));
  }

  peerRestarted(peer: PartyIndex): void {
    for (const run of [...this.#runs.values()]) if (run.includes(peer)) run.fail(restarted(peer));
  }

  /** A pair's set-up has ended, one way or the other: batches that waited for it go on or fail. */
  considerWaiting(): void {
    for (const run of [...this.#runs.values()]) if (run.isWaiting) this.#beginIfPossible(run);
  }

  /** Ends all without a word. */
  abandon(): void {
    for (const run of this.#runs.values()) run.abandon();
    this.#runs.clear();
  }

  /** A batch that this node hears of for the first time. */
  #join(from: PartyIndex, { run: id, header: encoded }: Part): BatchRun | undefined {
    const refuse = (reason: DropReason, code?: string): undefined => {
      this.#modules.emit({ kind: 'dropped', from, reason });
      if (code !== undefined) this.#modules.send(from, { kind: 'failed', run: id, code, parties: [] });
    };
    if (encoded.length === 0) return refuse('unknown-run');
    const ended = this.#ended.get(toHex(id));
    if (ended !== undefined) return refuse('unknown-run', ended === 'failed' ? 'stock/preparation-failed' : undefined);
    let header: BatchHeader;
    try {
      header = decodeHeader(encoded);
    } catch {
      return refuse('malformed');
    }
    const scheme = equalBytes(runIdOf(encoded), id) ? admit(header, from, this.#modules) : undefined;
    if (scheme === undefined) return refuse('stale-header', 'stock/stale-header');
    const { owner } = header;
    const underWay = [...this.#runs.values()].filter((run) => run.introducedBy === from && run.header.owner === owner);
    if (underWay.length >= BATCHES_PER_PEER_MAX) return refuse('too-many-batches', 'stock/overloaded');
    return this.#open(header, scheme, { introducedBy: from, order: undefined });
  }

  #open(
    header: BatchHeader,
    scheme: PreparedScheme,
    by: { readonly introducedBy: PartyIndex; readonly order: number | undefined },
  ): BatchRun {
    const encoded = encodeHeader(header);
    const id = runIdOf(encoded);
    const { epoch, emit, clock, send } = this.#modules;
    const { epochId, signers, boots } = header;
    const given = by.order === undefined ? {} : { order: by.order };
    let hasSpoken = false;
    const run: BatchRun = new BatchRun(
      { id, header, scheme, self: epoch.self, ...by },
      {
        send: (to, round, body) => {
          hasSpoken = true;
          send(to, { kind: 'preparing', run: id, header: round === 1 ? encoded : NOTHING, round, body });
        },
        onDone: (preparations) => {
          this.#end(run, 'done');
          emit({ kind: 'made', ...given, life: { epochId, signers, boots }, preparations });
        },
        onFailed: (error) => {
          this.#end(run, 'failed');
          // Of what this node ordered and said nothing about nobody knows.
          this.#noteFailure(run, error, hasSpoken || by.order === undefined);
          emit({ kind: 'failed', ...given, scheme, signers, error });
        },
        timer: (delayMs, fire) => clock.setTimer(delayMs, fire),
      },
    );
    this.#runs.set(toHex(id), run);
    this.#beginIfPossible(run);
    return run;
  }

  #end({ id }: BatchRun, how: 'done' | 'failed'): void {
    this.#runs.delete(toHex(id));
    this.#ended.set(toHex(id), how);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > ENDED_BATCHES_MAX && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** ECDSA waits until the set-up with every other signer is done. */
  #beginIfPossible(run: BatchRun): void {
    const { epoch, pairs } = this.#modules;
    const { signers } = run.header;
    const peers = signers.filter((party) => party !== epoch.self);
    if (isSchemeOf('ecdsa', run.scheme)) {
      const burnt = pairs.burntAmong(signers);
      if (burnt !== undefined) {
        run.fail(pairBurnt(burnt));
        return;
      }
      const notReady = peers.filter((peer) => !pairs.isReady(peer));
      if (notReady.length > 0) {
        run.waitFor(notReady);
        return;
      }
    }
    run.begin(() => new Confirmed(this.#batchOf(run), run.id, peers));
  }

  #batchOf({ header, scheme, id }: BatchRun): AbandonableProtocol<readonly Preparation[]> {
    const { epoch, keys, pairs, random, primitives, kernel } = this.#modules;
    const { self, epochId } = epoch;
    const { signers, owner, count } = header;
    const { curve, share } = keys.root(SCHEMES[scheme].root);
    if (!isSchemeOf('ecdsa', scheme)) {
      return new FrostBatch({ scheme, curve, run: id, self, owner, signers, count, share, random });
    }
    return new EcdsaBatch({
      ...{ scheme, primitives, kernel, epochId, run: id, self, owner, count, share, random },
      signerSet: keys.signerSet(SCHEMES[scheme].root, signers),
      transfers: pairs.transfers,
    });
  }

  /** What a failure means for later, and for the other signers. */
  #noteFailure(run: BatchRun, error: KeymeshError, tellsOthers: boolean): void {
    const { epoch, pairs, send } = this.#modules;
    const [culprit] = error.culprits;
    if (error.code === 'ecdsa/pair-check-failed' && culprit !== undefined) pairs.burn(culprit, error);
    if (!tellsOthers) return;
    const pair = pairOf(error);
    const parties = pair.includes(epoch.self) ? pair : [];
    for (const party of run.header.signers) {
      if (party !== epoch.self) send(party, { kind: 'failed', run: run.id, code: error.code, parties });
    }
  }
}

/** The pair that an error is about, or nobody. */
function pairOf({ code, details: { pair } }: KeymeshError): readonly PartyIndex[] {
  const isAboutPair = ['ecdsa/pair-check-failed', 'ecdsa/pair-burnt', 'stock/pair-burnt'].includes(code);
  return isAboutPair && Array.isArray(pair) ? (pair as readonly PartyIndex[]) : [];
}
