import type { PartyIndex, RandomSource, SecretBytes } from '@keymesh/foundation';
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
  readonly random: RandomSource;
}

export interface KeyGenerationOutput {
  readonly publicKeyPackage: PublicKeyPackage;
  /** One share per root key, in the order of `ROOT_KEY_NAMES`: the scalar in the curve's encoding. */
  readonly shares: readonly { readonly name: RootKeyName; readonly share: SecretBytes }[];
  /** Dealers whose polynomials make the keys. */
  readonly qualified: readonly PartyIndex[];
  /** Parties that were proven to have cheated although the run succeeded. */
  readonly convicted: readonly PartyIndex[];
  /** 32 bytes over everything that was broadcast. */
  readonly transcriptDigest: Uint8Array;
  /** 32 bytes: what the members vote on chain (docs/spec/network.md §4). */
  readonly resultHash: Uint8Array;
}
