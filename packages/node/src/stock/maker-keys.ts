import type { PartyIndex, SecretBytes } from '@keymesh/foundation';
import { ROOT_KEYS, type RootKeyName } from '@keymesh/threshold';
import type { Curve, Curves, Point } from '@keymesh/threshold/curves';
import { createSignerSet, type SignerSet } from '@keymesh/threshold/ecdsa';
import { NodeError } from '../errors.ts';
import { SIGNER_SETS_MAX } from './limits.ts';
import type { MakerEpoch } from './maker-events.ts';

export interface MakerRoot {
  readonly curve: Curve;
  readonly share: SecretBytes;
}

/** The keys of one epoch as the maker uses them: decoded when they are first asked for. */
export class MakerKeys {
  readonly #epoch: MakerEpoch;
  readonly #curves: Curves;
  readonly #commitments = new Map<RootKeyName, readonly Point[]>();
  readonly #signerSets = new Map<string, SignerSet>();

  constructor(epoch: MakerEpoch, curves: Curves) {
    this.#epoch = epoch;
    this.#curves = curves;
  }

  /** @throws NodeError `chain/unexpected-data`. */
  root(name: RootKeyName): MakerRoot {
    return { curve: this.#curves[ROOT_KEYS[name].curve], share: this.#find(name).share };
  }

  /**
   * Weights and points of a signer set: computed once.
   * @throws NodeError `chain/unexpected-data`; ThresholdError `ecdsa/invalid-parameters`, `curve/invalid-point`.
   */
  signerSet(name: RootKeyName, signers: readonly PartyIndex[]): SignerSet {
    const key = `${name}/${signers.join()}`;
    const known = this.#signerSets.get(key);
    if (known !== undefined) return known;
    const made = createSignerSet(this.#curves[ROOT_KEYS[name].curve], this.#decoded(name), signers);
    if (this.#signerSets.size >= SIGNER_SETS_MAX) this.#signerSets.clear();
    this.#signerSets.set(key, made);
    return made;
  }

  #decoded(name: RootKeyName): readonly Point[] {
    const known = this.#commitments.get(name);
    if (known !== undefined) return known;
    const curve = this.#curves[ROOT_KEYS[name].curve];
    const points = this.#find(name).commitments.map((commitment) => curve.decodePoint(commitment));
    this.#commitments.set(name, points);
    return points;
  }

  #find(name: RootKeyName): MakerEpoch['roots'][number] {
    const root = this.#epoch.roots.find((candidate) => candidate.name === name);
    if (root !== undefined) return root;
    throw new NodeError(`The node has no share of the root key ${name}.`, {
      code: 'chain/unexpected-data',
      fault: 'bug',
      hint: 'The store and the public key package contradict each other; please report it.',
    });
  }
}
