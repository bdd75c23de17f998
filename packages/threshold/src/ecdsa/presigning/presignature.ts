import { concatBytes, equalBytes, type PartyIndex, Reader, SecretBytes, Writer } from '@keymesh/foundation';
import type { Curve } from '../../curves/index.ts';
import { ThresholdError } from '../../errors.ts';
import { malformedState } from '../errors.ts';
import { DIGEST_BYTES, VERSION } from '../parameters.ts';
import { decodeRecord, encodeRecord, type PresignatureRecord, presignatureId } from './record.ts';

const REDACTED = '[redacted]';

/** One signer's secret half, for the length of one call. */
export interface PresignatureSecrets {
  /** Share of 1/k. */
  readonly inverse: bigint;
  /** Share of x/k. */
  readonly product: bigint;
}

/**
 * One signer's half of a presignature, for one signature. Two signatures from one presignature reveal the key, so:
 *
 * - `bind` gives out this signer's entropy, for one request; for another one there is none.
 * - `spend` removes the secrets before they are used, and only for the request that was bound.
 * - It cannot be copied or printed. `moveOut` is for another thread of the same process, and empties this object;
 *   what it gives must never reach a disk, where an older copy of it could come back.
 */
export class Presignature {
  readonly record: PresignatureRecord;
  readonly id: Uint8Array;
  readonly self: PartyIndex;
  #secret: SecretBytes | undefined;
  #request: Uint8Array | undefined;

  /** @param secret inverse share ‖ product share ‖ entropy. Taken over. */
  constructor(record: PresignatureRecord, self: PartyIndex, secret: Uint8Array) {
    this.record = record;
    this.id = presignatureId(record);
    this.self = self;
    this.#secret = new SecretBytes(secret);
  }

  get isUsed(): boolean {
    return this.#secret === undefined;
  }

  /**
   * Opens this signer's entropy for one request. Whoever knows all openings knows the nonce that the signature will
   * have, so the request is fixed first. The same request again gives the same entropy.
   *
   * @param request digest of everything that the signature depends on: `digestRequest`.
   * @throws ThresholdError `ecdsa/presignature-used`.
   */
  bind(request: Uint8Array): Uint8Array {
    const secret = this.#secret;
    if (secret === undefined || (this.#request !== undefined && !equalBytes(this.#request, request)))
      throw this.#used();
    this.#request = request.slice();
    return secret.expose((bytes) => bytes.slice(-DIGEST_BYTES));
  }

  /**
   * Runs `use` with the secrets, which are gone from this object before it starts and wiped when it ends, also by a throw.
   * @throws ThresholdError `ecdsa/presignature-used` unless it is bound to this request and was not used.
   */
  spend<T>(request: Uint8Array, use: (secrets: PresignatureSecrets) => T): T {
    const secret = this.#secret;
    const bound = this.#request;
    this.#secret = undefined;
    if (secret === undefined) throw this.#used();
    try {
      if (bound === undefined || !equalBytes(bound, request)) throw this.#used();
      const { curve } = this.record;
      const secrets = secret.expose((bytes) => ({
        inverse: curve.decodeScalar(bytes.subarray(0, curve.scalarBytes)),
        product: curve.decodeScalar(bytes.subarray(curve.scalarBytes, 2 * curve.scalarBytes)),
      }));
      return use(secrets);
    } finally {
      secret.wipe();
    }
  }

  /** Wipes a presignature that will not be used. May be called at any time. */
  discard(): void {
    this.#secret?.wipe();
    this.#secret = undefined;
  }

  /** Empties this object into bytes for another thread. @throws ThresholdError `ecdsa/presignature-used`, also when bound. */
  moveOut(): SecretBytes {
    const secret = this.#secret;
    if (secret === undefined || this.#request !== undefined) throw this.#used();
    this.#secret = undefined;
    const head = new Writer().u8(VERSION).u16(this.self).bytes(encodeRecord(this.record)).finish();
    const moved = new SecretBytes(secret.expose((bytes) => concatBytes(head, bytes)));
    secret.wipe();
    return moved;
  }

  /** Takes what `moveOut` gave, and wipes it. @throws ThresholdError `ecdsa/malformed-state`. */
  static moveIn(curve: Curve, moved: SecretBytes): Presignature {
    const presignature = moved.expose((bytes) => {
      try {
        const reader = new Reader(bytes);
        if (reader.u8() !== VERSION) throw malformedState('a presignature of this version');
        const self = reader.u16();
        const record = decodeRecord(curve, reader.bytes());
        const secret = reader.fixed(2 * curve.scalarBytes + DIGEST_BYTES);
        reader.end();
        return new Presignature(record, self, secret);
      } catch {
        throw malformedState('a presignature');
      }
    });
    moved.wipe();
    return presignature;
  }

  #used(): ThresholdError {
    return new ThresholdError('The presignature was used, moved, discarded, or bound to another request before.', {
      code: 'ecdsa/presignature-used',
      fault: 'caller',
      hint: 'Take another presignature.',
      details: { party: this.self },
    });
  }

  toJSON(): string {
    return REDACTED;
  }
  toString(): string {
    return REDACTED;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
