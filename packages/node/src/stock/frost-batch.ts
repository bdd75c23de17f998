import {
  type PartyIndex,
  type RandomSource,
  Reader,
  type SecretBytes,
  Transcript,
  toHex,
  Writer,
} from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import type { Curve } from '@keymesh/threshold/curves';
import type { AbandonableProtocol } from '@keymesh/threshold/ecdsa';
import {
  commit,
  decodeCommitments,
  frostSuites,
  type NonceCommitment,
  type SigningNonces,
} from '@keymesh/threshold/frost';
import { NodeError } from '../errors.ts';
import type { FrostPreparation, FrostScheme } from './preparation.ts';

const ROUND = 1;

export interface FrostBatchParameters {
  readonly scheme: FrostScheme;
  readonly curve: Curve;
  readonly run: Uint8Array;
  readonly self: PartyIndex;
  readonly owner: PartyIndex;
  /** Ascending. */
  readonly signers: readonly PartyIndex[];
  readonly count: number;
  readonly share: SecretBytes;
  readonly random: RandomSource;
}

/**
 * Round 1 of FROST (RFC 9591 §5.1) ahead of any message: each signer makes nonces for the whole batch and tells the
 * others the commitments, which are checked here so that no spoilt one reaches a request.
 */
export class FrostBatch implements AbandonableProtocol<readonly FrostPreparation[]> {
  readonly #parameters: FrostBatchParameters;
  #nonces: readonly SigningNonces[];
  readonly #received = new Map<PartyIndex, readonly NonceCommitment[]>();
  #spoke = false;

  constructor(parameters: FrostBatchParameters) {
    const { scheme, curve, self, share, random, count } = parameters;
    this.#parameters = parameters;
    this.#nonces = Array.from({ length: count }, () =>
      commit({ suite: frostSuites[scheme], curve, party: self, share, random }),
    );
  }

  poke(): Step<readonly FrostPreparation[]> {
    if (!this.#spoke) {
      this.#spoke = true;
      return { kind: 'send', to: 'all', reliable: false, round: ROUND, body: this.#encodeOwn() };
    }
    const { signers, self } = this.#parameters;
    const missing = signers.filter((party) => party !== self && !this.#received.has(party));
    if (missing.length > 0) return { kind: 'wait', round: ROUND, missing };
    const output = this.#nonces.map((nonces, index) => this.#preparation(nonces, index));
    this.#nonces = [];
    return { kind: 'done', output };
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    const { curve, count, signers } = this.#parameters;
    if (round !== ROUND || !signers.includes(from) || this.#received.has(from)) return;
    const reader = new Reader(body);
    const commitments = reader.list(count, (item) => ({
      party: from,
      hiding: item.fixed(curve.pointBytes),
      binding: item.fixed(curve.pointBytes),
    }));
    reader.end();
    if (commitments.length !== count) {
      throw new NodeError('A message has fewer commitments than its batch has items.', {
        code: 'stock/preparation-failed',
        fault: 'peer',
        culprits: [from],
      });
    }
    for (const commitment of commitments) decodeCommitments(curve, [commitment]);
    this.#received.set(from, commitments);
  }

  abandon(): void {
    for (const nonces of this.#nonces) nonces.discard();
    this.#nonces = [];
  }

  #encodeOwn(): Uint8Array {
    return new Writer()
      .list(this.#nonces, (writer, { commitment }) => writer.fixed(commitment.hiding).fixed(commitment.binding))
      .finish();
  }

  #preparation(nonces: SigningNonces, index: number): FrostPreparation {
    const { scheme, signers, owner, run, self } = this.#parameters;
    const commitments = signers.map((party) =>
      party === self ? nonces.commitment : (this.#received.get(party)?.[index] as NonceCommitment),
    );
    const transcript = new Transcript('stock/v1/nonces').append('run', run).appendU32('index', index);
    for (const { party, hiding, binding } of commitments) {
      transcript.appendU32('party', party).append('hiding', hiding).append('binding', binding);
    }
    return { kind: 'frost', id: toHex(transcript.digest()), scheme, signers, owner, nonces, commitments };
  }
}
