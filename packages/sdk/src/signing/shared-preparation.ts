import type { PartyIndex } from '@keymesh/foundation';
import type { SignAnswer } from './signing-request.ts';

/** One signer's share. */
export interface PartyShare {
  readonly party: PartyIndex;
  readonly share: Uint8Array;
}

/** What shares make. */
export interface CombinedSignature {
  /** In the scheme's form. */
  readonly signature: Uint8Array;
  /** ECDSA: 0 … 3. */
  readonly recoveryId?: number;
}

/** What signers were asked for together. */
export interface SigningSession {
  /** Ascending. */
  readonly signers: readonly PartyIndex[];
  /** 32 bytes, by which they know it. */
  readonly id: Uint8Array;
}

/**
 * A kind of scheme whose shares depend on a preparation that all signers have in common (docs/spec/signing.md §1), and
 * how shares of it are verified and combined. For one key, scheme and message.
 */
export interface SharedPreparation<Context> {
  /** One text for each preparation that an answer may tell of; `undefined` if it tells of none. */
  textOf(answer: SignAnswer): string | undefined;
  /**
   * What shares are verified with, of one answer alone. It convicts the sender if the answer is of other signers or of
   * another key, then it is `undefined`, or if it is malformed or contradicts itself.
   * @throws ThresholdError.
   */
  open(answer: SignAnswer, session: SigningSession): Context | undefined;
  isShareValid(context: Context, share: PartyShare): boolean;
  /** @throws KeymeshError with fault `peer` and culprits if shares are wrong. The result has been verified. */
  combine(context: Context, shares: readonly PartyShare[]): CombinedSignature;
}
