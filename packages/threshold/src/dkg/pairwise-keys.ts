import type { PartyIndex } from '@keymesh/foundation';
import type { Point } from '../curves/index.ts';
import { encryptionCurve } from './roots.ts';
import { applySharePad } from './share-encryption.ts';
import type { KeyGenerationParameters } from './types.ts';

/** A round 1 key whose owner proved to know its secret. */
export interface EncryptionKey {
  readonly point: Point;
  readonly encoded: Uint8Array;
}

/** The valid round 1 keys by party, this party's included. */
export type EncryptionKeys = ReadonlyMap<PartyIndex, EncryptionKey>;

/**
 * The Diffie–Hellman values of this party with all others; each serves both directions. SECRET. They are derived once,
 * because a constant-time multiplication is the dearest step of round 2.
 */
export class PairwiseKeys {
  readonly #parameters: KeyGenerationParameters;
  readonly #keys: EncryptionKeys;
  readonly #shared = new Map<PartyIndex, Uint8Array>();

  /** @param secret of this party's round 1 key. SECRET. */
  constructor(parameters: KeyGenerationParameters, keys: EncryptionKeys, secret: bigint) {
    this.#parameters = parameters;
    this.#keys = keys;
    const curve = encryptionCurve(parameters.curves);
    for (const [party, key] of keys) {
      if (party === parameters.self) continue;
      this.#shared.set(party, curve.encodePoint(curve.multiply(key.point, secret)));
    }
  }

  /** Encrypts this party's shares for `receiver`, who must have a valid key. */
  encryptFor(receiver: PartyIndex, vector: Uint8Array): Uint8Array {
    return this.#apply(this.#parameters.self, receiver, receiver, vector);
  }

  /** Decrypts the shares that `dealer`, who must have a valid key, sent to this party. */
  decryptFrom(dealer: PartyIndex, vector: Uint8Array): Uint8Array {
    return this.#apply(dealer, this.#parameters.self, dealer, vector);
  }

  wipe(): void {
    for (const shared of this.#shared.values()) shared.fill(0);
    this.#shared.clear();
  }

  #apply(dealer: PartyIndex, receiver: PartyIndex, peer: PartyIndex, vector: Uint8Array): Uint8Array {
    const { executionId, curves } = this.#parameters;
    const dealerKey = (this.#keys.get(dealer) as EncryptionKey).encoded;
    const receiverKey = (this.#keys.get(receiver) as EncryptionKey).encoded;
    const shared = this.#shared.get(peer) as Uint8Array;
    return applySharePad(curves, { executionId, dealer, receiver, dealerKey, receiverKey, shared }, vector);
  }
}
