import { type Clock, type KeymeshError, type PartyIndex, type Timer, toKeymeshError } from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import type { KeyGeneration, KeyGenerationCandidate, KeyGenerationOutput } from '@keymesh/threshold/dkg';
import type { Broadcast } from '../broadcast/broadcast.ts';
import { EpochError } from './errors.ts';
import { KEYGEN_ROUND_TIMEOUT_MS } from './limits.ts';

/** How a run ended. `failed` without culprits means that nothing is proven against anyone. */
export type KeyGenerationOutcome =
  | { readonly kind: 'done'; readonly output: KeyGenerationOutput }
  | { readonly kind: 'failed'; readonly blamed: readonly PartyIndex[]; readonly reason: KeymeshError };

export interface KeyGenerationRunOptions {
  readonly protocol: KeyGeneration;
  readonly broadcast: Broadcast;
  readonly clock: Clock;
  /** Milliseconds without a new message of the round that is waited for; default `KEYGEN_ROUND_TIMEOUT_MS`. */
  readonly roundTimeoutMs?: number;
  /** The result is made and the message that vouches for it is about to leave. Must not throw. */
  readonly onCandidate: (candidate: KeyGenerationCandidate) => void;
  /** Called once. Nothing is called after it but `onEquivocation`. */
  readonly onOutcome: (outcome: KeyGenerationOutcome) => void;
  /** No progress in a round for the timeout. At most once per round; the run goes on. */
  readonly onStalled: (round: number, missing: readonly PartyIndex[]) => void;
  /** The run waits for a round's messages. */
  readonly onRound?: (round: number, missing: readonly PartyIndex[]) => void;
  /** A message was refused by the protocol; its author is certain. */
  readonly onRefused?: (author: PartyIndex, round: number, error: KeymeshError) => void;
  /** An author was proven to have told two stories, before or after the outcome. */
  readonly onEquivocation?: (author: PartyIndex, round: number) => void;
}

/**
 * Drives one key generation over a broadcast: publishes what the protocol asks for, delivers what arrives, watches the
 * time. It decides nothing about votes and touches no store; that is the coordinator's part.
 *
 * A stalled round does not end the run. Whether an attempt is over is for the chain to say, and a party that stopped
 * at its own timeout would stall the others, who would then blame it: one faulty party that sends late could so turn
 * the honest ones against each other.
 */
export class KeyGenerationRun {
  readonly #options: KeyGenerationRunOptions;
  readonly #roundTimeoutMs: number;
  #state: 'new' | 'running' | 'failing' | 'ended' = 'new';
  #pumping = false;
  #pokeAgain = false;
  #timer: Timer | undefined;
  #waiting: { readonly round: number; readonly missing: readonly PartyIndex[] } | undefined;
  #stalledRound = 0;
  readonly #heard = new Set<PartyIndex>();
  readonly #equivocators = new Set<PartyIndex>();

  constructor(options: KeyGenerationRunOptions) {
    this.#options = options;
    this.#roundTimeoutMs = options.roundTimeoutMs ?? KEYGEN_ROUND_TIMEOUT_MS;
  }

  /** Publishes the first message and begins to listen. The caller has already made durable that it took part. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#options.broadcast.onEquivocation((author, round) => this.#equivocated(author, round));
    this.#options.broadcast.onDeliver((author, round, body) => this.#deliver(author, round, body));
    this.#pump();
  }

  /** Ends it without an outcome, forgets its secrets and closes the broadcast. */
  close(): void {
    this.#end();
    this.#options.protocol.abandon();
    this.#options.broadcast.close();
  }

  /** The round that is waited for and whose messages for it are missing; undefined before the start and after the end. */
  get waiting(): { readonly round: number; readonly missing: readonly PartyIndex[] } | undefined {
    return this.#waiting;
  }

  /** Authors of whom at least one message of this run arrived. */
  get heard(): ReadonlySet<PartyIndex> {
    return this.#heard;
  }

  /** Authors with a proof of equivocation in this run, also when it was found after the run had ended. */
  get equivocators(): ReadonlySet<PartyIndex> {
    return this.#equivocators;
  }

  #deliver(author: PartyIndex, round: number, body: Uint8Array): void {
    if (this.#state !== 'running') return;
    this.#heard.add(author);
    try {
      this.#options.protocol.receive(author, round, body);
    } catch (thrown) {
      this.#options.onRefused?.(author, round, toKeymeshError(thrown));
    }
    this.#pump();
  }

  #equivocated(author: PartyIndex, round: number): void {
    this.#equivocators.add(author);
    this.#options.onEquivocation?.(author, round);
    if (this.#state === 'running' || this.#state === 'failing') this.#finish(equivocation(author, round));
  }

  /** A publish may deliver synchronously; the flag keeps one loop in charge of the protocol. */
  #pump(): void {
    this.#pokeAgain = true;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#pokeAgain && this.#state === 'running') {
        this.#pokeAgain = false;
        this.#follow(this.#options.protocol.poke());
      }
    } catch (thrown) {
      this.#failed(toKeymeshError(thrown));
    } finally {
      this.#pumping = false;
    }
  }

  #follow(step: Step<KeyGenerationOutput>): void {
    switch (step.kind) {
      case 'send':
        if (!step.reliable || step.to !== 'all') throw unreliableStep();
        if (this.#options.protocol.candidate !== undefined) this.#options.onCandidate(this.#options.protocol.candidate);
        this.#options.broadcast.publish(step.round, step.body);
        this.#pokeAgain = true;
        return;
      case 'wait':
        this.#wait(step.round, step.missing);
        return;
      case 'done':
        this.#finish({ kind: 'done', output: step.output });
    }
  }

  #wait(round: number, missing: readonly PartyIndex[]): void {
    const before = this.#waiting;
    this.#waiting = { round, missing };
    if (before === undefined || before.round !== round) this.#options.onRound?.(round, missing);
    else if (before.missing.length === missing.length) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(this.#roundTimeoutMs, () => this.#timeOut());
  }

  #timeOut(): void {
    const waiting = this.#waiting;
    if (this.#state !== 'running' || waiting === undefined || this.#stalledRound >= waiting.round) return;
    this.#stalledRound = waiting.round;
    this.#options.onStalled(waiting.round, waiting.missing);
  }

  #failed(reason: KeymeshError): void {
    const blamed = reason.fault === 'peer' ? reason.culprits : [];
    const claimants = claimantsOf(reason);
    if (blamed.length > 0 || claimants.length === 0) {
      this.#finish({ kind: 'failed', blamed, reason });
      return;
    }
    // Somebody told two stories, or the claimants lie about what they were told. Honest parties relay everything, so
    // the two signed stories are on their way, if there are two. Until the time of a round is over, nobody is blamed.
    this.#state = 'failing';
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(this.#roundTimeoutMs, () =>
      this.#finish({ kind: 'failed', blamed: claimants, reason }),
    );
  }

  #finish(outcome: KeyGenerationOutcome): void {
    if (this.#state === 'ended') return;
    this.#end();
    this.#options.onOutcome(outcome);
  }

  #end(): void {
    this.#state = 'ended';
    this.#waiting = undefined;
    this.#timer?.cancel();
  }
}

/** Who reported to have seen other messages than we did; docs/spec/key-generation.md. */
function claimantsOf(reason: KeymeshError): readonly PartyIndex[] {
  const { claimants } = reason.details;
  if (reason.code !== 'dkg/view-mismatch' || !Array.isArray(claimants)) return [];
  return claimants.filter((party): party is PartyIndex => typeof party === 'number');
}

function equivocation(author: PartyIndex, round: number): KeyGenerationOutcome {
  const reason = new EpochError(`Party ${author} signed two different messages for round ${round}.`, {
    code: 'epochs/equivocation',
    fault: 'peer',
    culprits: [author],
    details: { round },
  });
  return { kind: 'failed', blamed: [author], reason };
}

function unreliableStep(): KeymeshError {
  return new EpochError('Key generation asked for a message that is not a broadcast.', {
    code: 'epochs/unexpected-step',
    fault: 'bug',
  });
}
