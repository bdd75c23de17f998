import { type PartyIndex, type RandomSource, type SecretBytes, toHex } from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import {
  type AbandonableProtocol,
  createPresigning,
  type MultiplicationKernel,
  type PairTransfers,
  type Presignature,
  type SignerSet,
  type SymmetricPrimitives,
} from '@keymesh/threshold/ecdsa';
import { Lockstep } from './lockstep.ts';
import { itemIdOf } from './messages.ts';
import type { EcdsaPreparation, EcdsaScheme } from './preparation.ts';

export interface EcdsaBatchParameters {
  readonly scheme: EcdsaScheme;
  readonly signerSet: SignerSet;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
  readonly epochId: Uint8Array;
  readonly run: Uint8Array;
  readonly self: PartyIndex;
  readonly owner: PartyIndex;
  readonly count: number;
  readonly share: SecretBytes;
  readonly transfers: ReadonlyMap<PartyIndex, PairTransfers>;
  readonly random: RandomSource;
}

/** Presigning (docs/spec/threshold-ecdsa.md §6) of a whole batch, in lockstep. */
export class EcdsaBatch implements AbandonableProtocol<readonly EcdsaPreparation[]> {
  readonly #parameters: EcdsaBatchParameters;
  readonly #runs: Lockstep<Presignature>;

  /** @throws ThresholdError `ecdsa/invalid-parameters`, `ecdsa/pair-burnt`. */
  constructor(parameters: EcdsaBatchParameters) {
    const { signerSet, primitives, kernel, epochId, run, self, count, share, transfers, random } = parameters;
    this.#parameters = parameters;
    this.#runs = new Lockstep(
      Array.from({ length: count }, (_, index) =>
        createPresigning({
          ...{ signerSet, primitives, kernel, epochId, self, share, transfers, random },
          executionId: itemIdOf(run, index),
        }),
      ),
      (presignature) => presignature.discard(),
    );
  }

  poke(): Step<readonly EcdsaPreparation[]> {
    const step = this.#runs.poke();
    if (step.kind !== 'done') return step;
    const { scheme, owner, signerSet } = this.#parameters;
    const output = step.output.map((presignature) => ({
      kind: 'ecdsa' as const,
      id: toHex(presignature.id),
      ...{ scheme, owner, presignature },
      signers: signerSet.signers,
    }));
    return { kind: 'done', output };
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    this.#runs.receive(from, round, body);
  }

  abandon(): void {
    this.#runs.abandon();
  }
}
