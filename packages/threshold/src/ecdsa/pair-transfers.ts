import { type PartyIndex, Reader, SecretBytes, Writer } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import { malformedState } from './errors.ts';
import type { SenderKeys } from './ot/base-ot.ts';
import { BASE_TRANSFERS, BLOCK_BYTES, DIGEST_BYTES, VERSION } from './parameters.ts';

const KEYS_BYTES = BASE_TRANSFERS * BLOCK_BYTES;
const SECRET_BYTES = BLOCK_BYTES + 3 * KEYS_BYTES;
const REDACTED = '[redacted]';

/** The secrets inside, for the length of one call. */
export interface TransferSecrets {
  /** As holder: Δ and the keys it chose. */
  readonly held: { readonly delta: Uint8Array; readonly keys: Uint8Array };
  /** As chooser: both keys of each transfer. */
  readonly offered: SenderKeys;
}

/**
 * One party's half of the base transfers with one other party, in both roles, for one epoch. Made by the set-up, used
 * by every presigning of the pair, destroyed after the first failed check: by failing, the other party may have learned
 * bits of it.
 *
 * About 6 kB that are worth as much as the key share: store them encrypted, and destroy them with the epoch.
 */
export class PairTransfers {
  readonly epochId: Uint8Array;
  readonly self: PartyIndex;
  readonly peer: PartyIndex;
  readonly #secret: SecretBytes;

  /** @param secret Δ ‖ held keys ‖ offered keys for 0 ‖ offered keys for 1. Taken over. */
  constructor(epochId: Uint8Array, self: PartyIndex, peer: PartyIndex, secret: Uint8Array) {
    this.epochId = epochId.slice();
    this.self = self;
    this.peer = peer;
    this.#secret = new SecretBytes(secret);
  }

  get isBurnt(): boolean {
    return this.#secret.isWiped;
  }

  /** Destroys the secrets. The driver must delete stored copies as well. */
  burn(): void {
    this.#secret.wipe();
  }

  /** @throws ThresholdError `ecdsa/pair-burnt`. */
  expose<T>(use: (secrets: TransferSecrets) => T): T {
    if (this.isBurnt) {
      throw new ThresholdError(`The transfers with party ${this.peer} were destroyed.`, {
        code: 'ecdsa/pair-burnt',
        fault: 'environment',
        hint: 'Use a signer set without this pair until the next epoch.',
        details: { pair: [this.self, this.peer].sort((a, b) => a - b) },
      });
    }
    return this.#secret.expose((bytes) => {
      const part = (index: number): Uint8Array =>
        bytes.subarray(BLOCK_BYTES + index * KEYS_BYTES, BLOCK_BYTES + (index + 1) * KEYS_BYTES);
      return use({
        held: { delta: bytes.subarray(0, BLOCK_BYTES), keys: part(0) },
        offered: { zero: part(1), one: part(2) },
      });
    });
  }

  /** For the encrypted store. @throws ThresholdError `ecdsa/pair-burnt`. */
  encode(): SecretBytes {
    return this.expose(({ held, offered }) => {
      const writer = new Writer().u8(VERSION).fixed(this.epochId).u16(this.self).u16(this.peer);
      for (const part of [held.delta, held.keys, offered.zero, offered.one]) writer.fixed(part);
      return new SecretBytes(writer.finish());
    });
  }

  /** @throws ThresholdError `ecdsa/malformed-state`. */
  static decode(encoded: SecretBytes): PairTransfers {
    return encoded.expose((bytes) => {
      if (bytes.length !== 1 + DIGEST_BYTES + 4 + SECRET_BYTES || bytes[0] !== VERSION) {
        throw malformedState('transfers of a pair');
      }
      const reader = new Reader(bytes.subarray(1));
      const epochId = reader.fixed(DIGEST_BYTES);
      const self = reader.u16();
      const peer = reader.u16();
      return new PairTransfers(epochId, self, peer, reader.fixed(SECRET_BYTES));
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
