import { equalBytes, type PartyIndex, toHex } from '@keymesh/foundation';
import type { ActiveEpoch, ChainSnapshot, Committee, PendingKeyGeneration } from '../chain/chain.ts';
import { Attempt, type AttemptModules, type EpochTimes } from './attempt.ts';
import type { EpochShares } from './epoch-shares.ts';
import type { EpochEffect } from './events.ts';
import { executionIdOf } from './execution-id.ts';
import { ADVANCE_STAGGER_MS, EXCUSES_PER_EPOCH_MAX } from './limits.ts';
import { RetriedEffect } from './retried-effect.ts';

/** The epoch in service as its member sees it: what the request layer signs and decrypts with. */
export interface EpochInService extends EpochShares {
  readonly committee: Committee;
}

export interface EpochCoordinatorOptions {
  /** This node's account: lower case with 0x. Its position in a committee is the party index. */
  readonly nodeAddress: string;
  readonly times?: EpochTimes;
}

/**
 * A node's epoch logic (docs/spec/network.md §6). It is told what the chain says, which peers restarted and what time
 * it is, and it asks for effects. Snapshots may repeat, be missed, or come late; the decisions depend on the newest one
 * and on what the store holds, so a restart at any point resumes by itself.
 *
 * Snapshots are taken as final: a chain follower must wait until a block can be trusted to stay, because shares of
 * other attempts are erased when an epoch becomes active.
 */
export class EpochCoordinator {
  readonly #nodeAddress: string;
  readonly #times: EpochTimes;
  readonly #modules: AttemptModules;
  readonly #kept = new Map<string, EpochShares>();
  readonly #excuses = new Map<string, Set<number>>();
  readonly #handlers: ((epoch: EpochInService) => void)[] = [];
  #snapshot: ChainSnapshot | undefined;
  #attempt: Attempt | undefined;
  #advance: { readonly epoch: number; readonly cancel: () => void } | undefined;
  #activation: { readonly id: string; readonly effect: RetriedEffect } | undefined;
  #missing: string | undefined;
  #current: EpochInService | undefined;
  #stopped = false;

  /** Reads the store. @throws KeymeshError of the store. */
  constructor(options: EpochCoordinatorOptions, modules: AttemptModules) {
    this.#nodeAddress = options.nodeAddress.toLowerCase();
    this.#times = options.times ?? {};
    this.#modules = modules;
    for (const shares of modules.store.loadShares()) this.#kept.set(toHex(shares.executionId), shares);
  }

  /** The epoch that this node can serve, or undefined before there is one or when this node has no share of it. */
  currentEpoch(): EpochInService | undefined {
    return this.#current;
  }

  /** Called with every epoch that this node begins to serve. */
  onEpochChange(handler: (epoch: EpochInService) => void): void {
    this.#handlers.push(handler);
  }

  /**
   * What the chain says now. Blocks older than the newest one seen are ignored.
   * @throws KeymeshError of the store when it cannot be read; the same snapshot may be given again.
   */
  onSnapshot(snapshot: ChainSnapshot): void {
    if (this.#stopped) return;
    if (this.#snapshot !== undefined && snapshot.block.number < this.#snapshot.block.number) {
      this.#modules.observe({ kind: 'snapshot-stale', block: snapshot.block.number });
      return;
    }
    this.#snapshot = snapshot;
    this.#reconcile(snapshot);
  }

  /** As in `Messenger.onPeerBoot`: `previous` is undefined when the peer is heard of for the first time. */
  onPeerBoot(peer: PartyIndex, _bootId: Uint8Array, previous: Uint8Array | undefined): void {
    if (previous !== undefined && !this.#stopped) this.#attempt?.peerRestarted(peer);
  }

  /** Ends every run and timer. Nothing is sent, voted or stored afterwards. Secrets of the epoch in service are wiped. */
  stop(): void {
    this.#stopped = true;
    this.#attempt?.close();
    this.#advance?.cancel();
    this.#activation?.effect.cancel();
    for (const shares of this.#kept.values()) wipe(shares);
    this.#kept.clear();
    this.#current = undefined;
  }

  #reconcile(snapshot: ChainSnapshot): void {
    const { pending, active } = snapshot;
    const pendingId = pending === undefined ? undefined : this.#executionId(snapshot, pending);
    const activeId = active === undefined ? undefined : this.#executionId(snapshot, active);
    if (this.#attempt !== undefined) {
      const id = toHex(this.#attempt.executionId);
      if (id !== hexOf(pendingId) && id !== hexOf(activeId)) {
        this.#attempt.close();
        this.#attempt = undefined;
      } else if (id !== hexOf(pendingId)) this.#attempt.decided();
    }
    if (pending !== undefined && pendingId !== undefined) this.#follow(pending, pendingId);
    this.#considerAdvance(pending);
    if (active !== undefined && activeId !== undefined) this.#serve(active, activeId);
  }

  #executionId(snapshot: ChainSnapshot, of: PendingKeyGeneration | ActiveEpoch): Uint8Array {
    const { chainId, staking } = snapshot;
    return executionIdOf({ chainId, staking, committee: of.committee, attempt: of.attempt, excluded: of.excluded });
  }

  #follow(pending: PendingKeyGeneration, executionId: Uint8Array): void {
    const self = this.#partyIn(pending.committee);
    if (self === undefined) return;
    if (this.#attempt !== undefined && equalBytes(this.#attempt.executionId, executionId)) {
      this.#attempt.update(pending);
      return;
    }
    this.#attempt?.close();
    const attempt = new Attempt({
      modules: this.#modules,
      times: this.#times,
      executionId,
      self,
      pending,
      saved: this.#kept.get(toHex(executionId)),
      excuse: (party) => this.#excuse(pending.committee.epoch, pending.attempt, party),
      onSaved: (shares) => {
        this.#kept.set(toHex(executionId), shares);
        if (this.#snapshot !== undefined && !this.#stopped) this.#reconcile(this.#snapshot);
      },
    });
    this.#attempt = attempt;
    try {
      attempt.begin();
    } catch (thrown) {
      attempt.close();
      this.#attempt = undefined;
      throw thrown;
    }
  }

  /** A party's restarts are excused in a few attempts of an epoch; a faulty one could else end every attempt unblamed. */
  #excuse(epoch: number, attempt: number, party: PartyIndex): boolean {
    const key = `${epoch}/${party}`;
    const attempts = this.#excuses.get(key) ?? new Set();
    this.#excuses.set(key, attempts.add(attempt));
    return attempts.size <= EXCUSES_PER_EPOCH_MAX;
  }

  #considerAdvance(pending: PendingKeyGeneration | undefined): void {
    const party = pending?.ready === true ? this.#partyIn(pending.committee) : undefined;
    if (pending === undefined || party === undefined) {
      this.#advance?.cancel();
      this.#advance = undefined;
      return;
    }
    const epoch = pending.committee.epoch;
    if (this.#advance?.epoch === epoch) return;
    this.#advance?.cancel();
    const wanted = () => this.#snapshot?.pending?.ready === true && this.#snapshot.pending.committee.epoch === epoch;
    const name = { epoch, attempt: pending.attempt };
    const effect = this.#effect('advance-epoch', name, () => this.#modules.transactions.advanceEpoch(), wanted);
    const staggerMs = this.#times.advanceStaggerMs ?? ADVANCE_STAGGER_MS;
    const timer = this.#modules.clock.setTimer((party - 1) * staggerMs, () => effect.start());
    const cancel = () => {
      timer.cancel();
      effect.cancel();
    };
    this.#advance = { epoch, cancel };
  }

  #serve(active: ActiveEpoch, executionId: Uint8Array): void {
    const id = toHex(executionId);
    if (this.#current !== undefined && toHex(this.#current.executionId) === id) return;
    const shares = this.#kept.get(id) ?? this.#candidateOf(id);
    const agrees = shares !== undefined && equalBytes(shares.resultHash, active.resultHash);
    if (agrees) this.#activate(active, shares, id);
    else if (shares !== undefined || !this.#mayFinish(id)) {
      this.#current = undefined;
      this.#observeMissing(active, id, shares !== undefined);
    }
  }

  /** A result that this boot made durable, and whose run failed or was given up, may be what t others agreed on. */
  #candidateOf(id: string): EpochShares | undefined {
    if (this.#missing === id || this.#mayFinish(id)) return undefined;
    let found: EpochShares | undefined;
    for (const shares of this.#modules.store.loadShares()) {
      if (toHex(shares.executionId) === id) found = shares;
      else wipe(shares);
    }
    if (found !== undefined) this.#kept.set(id, found);
    return found;
  }

  #mayFinish(id: string): boolean {
    return this.#attempt?.live === true && toHex(this.#attempt.executionId) === id;
  }

  #observeMissing(active: ActiveEpoch, id: string, contradicted: boolean): void {
    if (this.#missing === id || this.#partyIn(active.committee) === undefined) return;
    this.#missing = id;
    const { attempt, committee } = active;
    this.#modules.observe({ kind: 'shares-missing', epoch: committee.epoch, attempt, contradicted });
  }

  #activate(active: ActiveEpoch, shares: EpochShares, id: string): void {
    if (this.#activation?.id === id) return;
    this.#activation?.effect.cancel();
    const name = { epoch: shares.epoch, attempt: shares.attempt };
    let done = false;
    const perform = () => {
      this.#modules.store.activateShares(shares.executionId);
      done = true;
      for (const [other, old] of this.#kept) {
        if (other === id) continue;
        wipe(old);
        this.#kept.delete(other);
      }
      this.#current = { ...shares, committee: active.committee };
      this.#modules.observe({ kind: 'epoch-active', ...name, party: shares.self });
      for (const handler of this.#handlers) handler(this.#current);
    };
    const effect = this.#effect('activate-shares', name, perform, () => !done);
    this.#activation = { id, effect };
    effect.start();
  }

  #effect(
    effect: EpochEffect,
    name: { readonly epoch: number; readonly attempt: number },
    perform: () => Promise<void> | void,
    wanted: () => boolean,
  ): RetriedEffect {
    return new RetriedEffect({
      clock: this.#modules.clock,
      perform,
      wanted: () => !this.#stopped && wanted(),
      onDone: () => this.#modules.observe({ kind: 'effect-done', effect, ...name }),
      onFailure: (error, retryInMs) =>
        this.#modules.observe({ kind: 'effect-failed', effect, error, retryInMs, ...name }),
    });
  }

  #partyIn(committee: Committee): PartyIndex | undefined {
    return committee.members.find((member) => member.nodeAddress.toLowerCase() === this.#nodeAddress)?.party;
  }
}

function hexOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : toHex(bytes);
}

function wipe(shares: EpochShares): void {
  for (const { share } of shares.shares) share.wipe();
}
