import { concatBytes, type PartyIndex, Transcript } from '@keymesh/foundation';
import { invalidParameters } from '../errors.ts';
import { Inbox } from '../inbox.ts';
import { type AbandonableProtocol, type Outgoing, RoundRun } from '../run.ts';
import { messageLengths, ROUND } from './messages.ts';
import { keyShareOf, type PresigningParameters, startPresigning } from './presign.ts';
import type { Presignature } from './presignature.ts';

/** Presignatures of one batch. With 16 the longest message, of round 2, has 644 kB, on P-384 1,260 kB. */
export const BATCH_PRESIGNATURES_MAX = 16;

export interface PresigningBatchParameters extends PresigningParameters {
  /** How many presignatures, 1 … `BATCH_PRESIGNATURES_MAX`. All signers must pass the same number. */
  readonly count: number;
}

/**
 * Starts one signer's part in making several presignatures at once: as many runs of `createPresigning`, each with an
 * execution id of its own, whose messages travel together. If one fails, all do.
 *
 * @returns the presignatures, in the same order for all signers.
 * @throws ThresholdError as `createPresigning`.
 */
export function createPresigningBatch(
  parameters: PresigningBatchParameters,
): AbandonableProtocol<readonly Presignature[]> {
  const { count } = parameters;
  if (!Number.isInteger(count) || count < 1 || count > BATCH_PRESIGNATURES_MAX) {
    throw invalidParameters(`a batch has 1 to ${BATCH_PRESIGNATURES_MAX} presignatures`);
  }
  const keyShare = keyShareOf(parameters);
  const runs = Array.from({ length: count }, (_, index) => {
    const executionId = new Transcript('ecdsa/v1/batch')
      .append('execution', parameters.executionId)
      .appendU32('count', count)
      .appendU32('index', index)
      .digest();
    return startPresigning({ ...parameters, executionId }, keyShare);
  });
  return new BatchRun(parameters, runs);
}

class BatchRun extends RoundRun<readonly Presignature[]> {
  protected readonly inbox: Inbox;
  protected readonly lastRound = ROUND.publish;
  protected readonly self: PartyIndex;
  readonly #peers: readonly PartyIndex[];
  readonly #runs: readonly AbandonableProtocol<Presignature>[];
  readonly #lengths: readonly number[];
  #made: Presignature[] = [];

  constructor({ signerSet, self }: PresigningBatchParameters, runs: readonly AbandonableProtocol<Presignature>[]) {
    super();
    this.self = self;
    this.#peers = signerSet.signers.filter((party) => party !== self);
    this.#runs = runs;
    this.#lengths = messageLengths(signerSet.curve);
    this.inbox = new Inbox(
      self,
      this.#peers,
      this.#lengths.map((length) => length * runs.length),
    );
  }

  protected speak(round: number): Outgoing[] {
    const bodies = new Map<PartyIndex | 'all', Uint8Array[]>();
    this.#runs.forEach((run, index) => {
      this.#deliver(index, round - 1);
      for (let step = run.poke(); step.kind === 'send'; step = run.poke()) {
        bodies.set(step.to, [...(bodies.get(step.to) ?? []), step.body]);
      }
    });
    const reliable = round === ROUND.publish;
    return [...bodies].map(([to, parts]) => ({ kind: 'send', to, reliable, round, body: concatBytes(...parts) }));
  }

  protected finish(): readonly Presignature[] {
    this.#runs.forEach((run, index) => {
      this.#deliver(index, ROUND.publish);
      const step = run.poke();
      if (step.kind === 'done') this.#made.push(step.output);
    });
    const made = this.#made;
    this.#made = [];
    return made;
  }

  protected forget(): void {
    for (const run of this.#runs) run.abandon();
    // Nobody will use what a failed batch made: the others may not have it.
    for (const presignature of this.#made) presignature.discard();
  }

  /** Hands one run its part of every message of a round. */
  #deliver(index: number, round: number): void {
    if (round === 0) return;
    const length = this.#lengths[round - 1] as number;
    for (const peer of this.#peers) {
      const part = this.inbox.get(round, peer).subarray(index * length, (index + 1) * length);
      (this.#runs[index] as AbandonableProtocol<Presignature>).receive(peer, round, part);
    }
  }
}
