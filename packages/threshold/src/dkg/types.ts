import type { PartyIndex, RandomSource, SecretBytes } from '@keymesh/foundation';
import type { Curves } from '../curves/index.ts';
import type { Protocol } from '../protocol.ts';
import type { PublicKeyPackage, RootKeyName } from '../root-keys.ts';

/** What every participant of one key generation must agree on before it starts, and what only this one knows. */
export interface KeyGenerationParameters {
  /** 32 bytes that name this run and no other; bound into every hash and proof. */
  readonly executionId: Uint8Array;
  readonly self: PartyIndex;
  /** Ascending party indices of those who take part; at least `threshold`, out of 1 … partyCount. */
  readonly participants: readonly PartyIndex[];
  /** n, the size of the whole committee, participants or not. */
  readonly partyCount: number;
  /** t, the number of shares that make a signature; polynomials have degree t − 1. */
  readonly threshold: number;
  /** Unpredictable bytes. Two runs that get the same bytes have the same secrets. */
  readonly random: RandomSource;
  /** The implementation of the groups. All participants compute the same with any of them. */
  readonly curves: Curves;
}

/** Why a party was convicted. Every honest participant finds the same from the same broadcasts. */
export type ConvictionReason =
  /** A message has the wrong length, version, order or a scalar that is not reduced, or is larger than allowed. */
  | 'malformed-message'
  /** The key that shares are encrypted to is not a point, or its owner did not prove to know the secret. */
  | 'invalid-encryption-key'
  /** The opening is not the one whose hash was committed to. */
  | 'opening-mismatch'
  /** A commitment is the identity, not canonical, or outside the group of prime order. */
  | 'invalid-commitment'
  /** The dealer did not prove to know the constant term of one of its polynomials. */
  | 'invalid-knowledge-proof'
  /** A share that was sent to a participant is not on the committed polynomial. */
  | 'bad-share'
  /** A complaint against a dealer whose share was right, or without a valid proof, or against no dealer at all. */
  | 'false-complaint'
  /** Another result than follows from the messages that the party itself says it saw. */
  | 'wrong-result';

export interface Conviction {
  readonly party: PartyIndex;
  readonly reason: ConvictionReason;
}

export interface KeyGenerationOutput {
  readonly publicKeyPackage: PublicKeyPackage;
  /** One share per root key, in the order of `ROOT_KEY_NAMES`: the scalar in the curve's encoding. */
  readonly shares: readonly { readonly name: RootKeyName; readonly share: SecretBytes }[];
  /** Dealers whose polynomials make the keys. Ascending. */
  readonly qualified: readonly PartyIndex[];
  /** Parties that were proven to have cheated although the run succeeded. Ascending. */
  readonly convicted: readonly PartyIndex[];
  /** The same parties with the first reason found for each, for logs. */
  readonly convictions: readonly Conviction[];
  /** 32 bytes over everything that was broadcast in rounds 1 to 3. */
  readonly transcriptDigest: Uint8Array;
  /** 32 bytes: what the members vote on chain (docs/spec/network.md §4). */
  readonly resultHash: Uint8Array;
}

/** A key generation in progress. */
/** A result whose confirmation by the others is still open. */
export type KeyGenerationCandidate = Pick<
  KeyGenerationOutput,
  'publicKeyPackage' | 'shares' | 'transcriptDigest' | 'resultHash'
>;

export interface KeyGeneration extends Protocol<KeyGenerationOutput> {
  /**
   * The result that this party's confirm message vouches for: defined from the moment `poke` returns that message, until
   * the run fails. The others may finish, and the result may become the epoch's, without this party hearing of it again,
   * so a driver makes it durable before it sends the message.
   */
  readonly candidate: KeyGenerationCandidate | undefined;
  /**
   * Forgets the secrets of a run that its driver gives up (a timeout, say). `poke` throws `dkg/abandoned` from then on.
   * A finished run has no secrets but its output, which stays the caller's to wipe.
   */
  abandon(): void;
}
