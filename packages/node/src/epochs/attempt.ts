import {
  type Clock,
  type KeymeshError,
  type PartyIndex,
  type RandomSource,
  type Timer,
  toKeymeshError,
} from '@keymesh/foundation';
import type { Curves } from '@keymesh/threshold/curves';
import type {
  KeyGeneration,
  KeyGenerationCandidate,
  KeyGenerationOutput,
  KeyGenerationParameters,
} from '@keymesh/threshold/dkg';
import type { Broadcast } from '../broadcast/broadcast.ts';
import type { Committee, EpochTransactions, PendingKeyGeneration } from '../chain/chain.ts';
import type { EpochShares, EpochStore } from './epoch-shares.ts';
import type { EpochEffect, EpochEvent, RetryReason } from './events.ts';
import { participantsOf } from './execution-id.ts';
import { KeyGenerationRun } from './key-generation-run.ts';
import { KEYGEN_ROUND_TIMEOUT_MS, RESULT_VOTE_TIMEOUT_MS, RETRY_FOLLOW_DELAY_MS } from './limits.ts';
import { RetriedEffect } from './retried-effect.ts';

/** What a key generation needs from the outside; the same for every attempt. */
export interface AttemptModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly store: EpochStore;
  readonly transactions: EpochTransactions;
  /** Opens the broadcast among `participants` of the committee; what arrived for the execution before is delivered too. */
  readonly openBroadcast: (
    executionId: Uint8Array,
    participants: readonly PartyIndex[],
    committee: Committee,
  ) => Broadcast;
  readonly createKeyGeneration: (parameters: KeyGenerationParameters) => KeyGeneration;
  readonly curves: Curves;
  readonly observe: (event: EpochEvent) => void;
}

/** Times that an operator may change; the defaults are in `limits.ts`. Milliseconds. */
export interface EpochTimes {
  readonly roundTimeoutMs?: number;
  readonly resultVoteTimeoutMs?: number;
  readonly retryFollowDelayMs?: number;
  readonly advanceStaggerMs?: number;
}

export interface AttemptOptions {
  readonly modules: AttemptModules;
  readonly times: EpochTimes;
  readonly executionId: Uint8Array;
  readonly self: PartyIndex;
  /** The attempt as it was first seen. */
  readonly pending: PendingKeyGeneration;
  /** What an earlier boot, or this one, has saved for this execution. */
  readonly saved: EpochShares | undefined;
  /** Whether a restart or an own retry vote excuses the party's silence in this attempt. */
  readonly excuse: (party: PartyIndex) => boolean;
  /** The run ended well and its shares are durable. */
  readonly onSaved: (shares: EpochShares) => void;
}

/** One attempt of an epoch's key generation as one member lives it: take part, save, vote, or ask for another attempt. */
export class Attempt {
  readonly #options: AttemptOptions;
  #pending: PendingKeyGeneration;
  /** False once the chain has moved past voting on this attempt. */
  #voting = true;
  #closed = false;
  #run: KeyGenerationRun | undefined;
  #runEnded = false;
  #shares: EpochShares | undefined;
  readonly #restarted = new Set<PartyIndex>();
  readonly #effects = new Map<EpochEffect, RetriedEffect>();
  readonly #timers: Timer[] = [];
  #following = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#pending = options.pending;
    this.#shares = options.saved;
  }

  get executionId(): Uint8Array {
    return this.#options.executionId;
  }

  /** True while shares may still come out of this attempt. */
  get live(): boolean {
    return !this.#closed && this.#run !== undefined && !(this.#runEnded && this.#shares === undefined);
  }

  /**
   * Decides, once, what this boot does in the attempt. The rule that makes restarts safe: a node joins if and only if
   * it never recorded that it joined. The record is durable before the first message leaves, so a node that may have
   * spoken and forgot what it said never speaks again in that attempt.
   * @throws KeymeshError of the store when it cannot be read.
   */
  begin(): void {
    const { modules, executionId, self } = this.#options;
    if (this.#shares !== undefined) {
      this.#watch('has-shares');
      this.#awaitFinisher();
    } else if (this.#pending.excluded.includes(self)) {
      this.#watch('excluded');
    } else if (modules.store.hasJoined(executionId) || this.#pending.resultVoters.includes(self)) {
      this.#watch('restarted');
      this.#wantRetry('restarted', []);
    } else if (this.#pending.ready) {
      this.#watch('decided');
    } else {
      this.#effect('record-joined', {
        perform: () => modules.store.recordJoined(executionId),
        wanted: () => this.#voting && this.#run === undefined,
        onDone: () => this.#startRun(),
      });
    }
    this.update(this.#pending);
  }

  /** A newer snapshot still shows this attempt. */
  update(pending: PendingKeyGeneration): void {
    if (this.#closed) return;
    this.#pending = pending;
    this.#voting = !pending.ready;
    if (this.#shares !== undefined && pending.resultVoters.length > 0) this.#voteResult(this.#shares);
    this.#considerFollowing();
  }

  /** The chain made this attempt's result the epoch's. A run that is still going on may yet bring this node its shares. */
  decided(): void {
    this.#voting = false;
  }

  /** A participant answers with another boot id: what it had in memory for this attempt is lost. */
  peerRestarted(peer: PartyIndex): void {
    const participates = !this.#pending.excluded.includes(peer);
    if (this.#closed || !participates || this.#run === undefined || this.#runEnded) return;
    this.#restarted.add(peer);
    if (this.#options.excuse(peer)) this.#wantRetry('peer-restarted', [...this.#run.equivocators]);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#voting = false;
    this.#run?.close();
    for (const timer of this.#timers) timer.cancel();
    for (const effect of this.#effects.values()) effect.cancel();
    this.#observe({ kind: 'attempt-closed' });
  }

  #startRun(): void {
    const { modules, times, executionId, self } = this.#options;
    const { committee, excluded } = this.#pending;
    const participants = participantsOf(committee, excluded);
    this.#observe({ kind: 'attempt-joined', participants });
    this.#run = new KeyGenerationRun({
      protocol: modules.createKeyGeneration({
        executionId,
        self,
        participants,
        partyCount: committee.members.length,
        threshold: committee.threshold,
        random: modules.random,
        curves: modules.curves,
      }),
      broadcast: modules.openBroadcast(executionId, participants, committee),
      clock: modules.clock,
      roundTimeoutMs: times.roundTimeoutMs ?? KEYGEN_ROUND_TIMEOUT_MS,
      onRound: (round, missing) => this.#observe({ kind: 'round', round, missing }),
      onRefused: (author, round, error) => this.#observe({ kind: 'message-refused', author, round, error }),
      onEquivocation: (author, round) => this.#observe({ kind: 'equivocation', author, round }),
      onStalled: (round, missing) => this.#stalled(round, missing),
      onCandidate: (candidate) => this.#keepCandidate(candidate),
      onOutcome: (outcome) => {
        this.#runEnded = true;
        if (outcome.kind === 'done') this.#done(outcome.output);
        else this.#failed(outcome.blamed, outcome.reason);
      },
    });
    this.#run.start();
  }

  #stalled(round: number, missing: readonly PartyIndex[]): void {
    this.#observe({ kind: 'stalled', round, missing });
    const excused = (party: PartyIndex) =>
      (this.#restarted.has(party) || this.#pending.retryVoters.includes(party)) && this.#options.excuse(party);
    this.#wantRetry(
      'stalled',
      missing.filter((party) => !excused(party)),
    );
  }

  #failed(blamed: readonly PartyIndex[], error: KeymeshError): void {
    this.#observe({ kind: 'run-failed', blamed, error });
    this.#wantRetry('failed', blamed);
  }

  /**
   * Makes the result durable before the message that vouches for it leaves: once it has left, the others can make this
   * the epoch's result without this node, which would otherwise lose its share by a crash at this moment. A disk that
   * fails now gets another chance when the run is done.
   */
  #keepCandidate(candidate: KeyGenerationCandidate): void {
    try {
      this.#options.modules.store.saveShares(this.#sharesOf(candidate));
    } catch (thrown) {
      this.#observe({
        kind: 'effect-failed',
        effect: 'save-shares',
        error: toKeymeshError(thrown),
        retryInMs: undefined,
      });
    }
  }

  #sharesOf(result: KeyGenerationCandidate): EpochShares {
    const { executionId, self } = this.#options;
    const { publicKeyPackage, shares, transcriptDigest, resultHash } = result;
    return { ...this.#name, executionId, self, resultHash, transcriptDigest, publicKeyPackage, shares };
  }

  #done(output: KeyGenerationOutput): void {
    const { resultHash, qualified, convicted } = output;
    this.#observe({ kind: 'run-done', resultHash, qualified, convicted });
    const { modules, onSaved } = this.#options;
    const kept = this.#sharesOf(output);
    this.#effect('save-shares', {
      perform: () => modules.store.saveShares(kept),
      wanted: () => !this.#closed && this.#shares === undefined,
      onDone: () => {
        this.#shares = kept;
        this.#observe({ kind: 'shares-saved' });
        this.#voteResult(kept);
        onSaved(kept);
      },
    });
  }

  /**
   * Shares of an earlier boot were durable before the message left that vouches for them, so they do not say that the
   * run ended well: all nodes may have crashed between the two, and some of them before they had shares. Three of four
   * could then make an epoch that leaves an honest member without a share for good. Who did finish knows that all have
   * theirs, and votes; its vote is followed (`update`). If nobody votes, nobody finished.
   */
  #awaitFinisher(): void {
    this.#after(this.#options.times.roundTimeoutMs ?? KEYGEN_ROUND_TIMEOUT_MS, () => {
      if (!this.#effects.has('vote-result')) this.#wantRetry('nobody-finished', []);
    });
  }

  #voteResult(shares: EpochShares): void {
    if (this.#effects.has('vote-result')) return;
    const { modules, self, times } = this.#options;
    const { epoch, attempt, resultHash, publicKeyPackage } = shares;
    const rootKeys = publicKeyPackage.roots.map(({ name, commitments }) => ({
      name,
      publicKey: commitments[0] as Uint8Array,
    }));
    this.#effect('vote-result', {
      perform: () => modules.transactions.voteKeyGeneration({ epoch, attempt, resultHash, rootKeys }),
      wanted: () => this.#voting && !this.#pending.resultVoters.includes(self),
    });
    // Others may have failed where this node succeeded. Without this vote the two camps could wait for each other.
    this.#after(times.resultVoteTimeoutMs ?? RESULT_VOTE_TIMEOUT_MS, () =>
      this.#wantRetry('result-not-ready', [...(this.#run?.equivocators ?? [])]),
    );
  }

  /** One retry vote per attempt counts, so the first reason is the one that is voted. */
  #wantRetry(reason: RetryReason, blamed: readonly PartyIndex[]): void {
    const { modules, self } = this.#options;
    const wanted = () => this.#voting && !this.#pending.retryVoters.includes(self);
    if (!wanted() || this.#effects.has('vote-retry')) return;
    this.#observe({ kind: 'retry-wanted', reason, blamed });
    this.#effect('vote-retry', {
      perform: () => modules.transactions.voteRetry({ ...this.#name, blamed }),
      wanted,
    });
  }

  /**
   * A member without a run of its own cannot see that the participants are stuck. It follows n − t + 1 retry votes,
   * of which one is an honest member's; it waits first, because its vote blames nobody and would otherwise take a
   * place among the t counted ones from a vote that names the culprit.
   */
  #considerFollowing(): void {
    const { self, times } = this.#options;
    const { committee, retryVoters } = this.#pending;
    const others = retryVoters.filter((party) => party !== self).length;
    if (this.#following || this.#run !== undefined || others < committee.members.length - committee.threshold + 1)
      return;
    this.#following = true;
    this.#after(times.retryFollowDelayMs ?? RETRY_FOLLOW_DELAY_MS, () => this.#wantRetry('followed', []));
  }

  #effect(
    effect: EpochEffect,
    what: { perform: () => Promise<void> | void; wanted: () => boolean; onDone?: () => void },
  ): void {
    const retried = new RetriedEffect({
      clock: this.#options.modules.clock,
      perform: what.perform,
      wanted: what.wanted,
      onDone: () => {
        this.#observe({ kind: 'effect-done', effect });
        what.onDone?.();
      },
      onFailure: (error, retryInMs) => this.#observe({ kind: 'effect-failed', effect, error, retryInMs }),
    });
    this.#effects.set(effect, retried);
    retried.start();
  }

  #after(delayMs: number, then: () => void): void {
    const fire = () => {
      if (!this.#closed) then();
    };
    this.#timers.push(this.#options.modules.clock.setTimer(delayMs, fire));
  }

  #watch(why: 'excluded' | 'restarted' | 'has-shares' | 'decided'): void {
    this.#observe({ kind: 'attempt-watched', why });
  }

  get #name(): { readonly epoch: number; readonly attempt: number } {
    return { epoch: this.#pending.committee.epoch, attempt: this.#pending.attempt };
  }

  #observe(event: EventOfAttempt): void {
    this.#options.modules.observe({ ...this.#name, ...event });
  }
}

type WithoutName<T> = T extends { epoch: number; attempt: number } ? Omit<T, 'epoch' | 'attempt'> : never;
type EventOfAttempt = WithoutName<EpochEvent>;
