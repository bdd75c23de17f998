import type { PartyIndex, SecretBytes } from '@keymesh/foundation';
import type { PublicKeyPackage, RootKeyName } from '@keymesh/threshold';

/** What a node keeps of a key generation that it finished: its shares and everything that says what they are shares of. */
export interface EpochShares {
  readonly epoch: number;
  readonly attempt: number;
  /** 32 bytes; docs/spec/network.md §3. */
  readonly executionId: Uint8Array;
  /** This node's index in the committee. */
  readonly self: PartyIndex;
  /** 32 bytes: what this node votes on chain. */
  readonly resultHash: Uint8Array;
  /** 32 bytes over everything that was broadcast. */
  readonly transcriptDigest: Uint8Array;
  readonly publicKeyPackage: PublicKeyPackage;
  /** One scalar per root key, in the order of `ROOT_KEY_NAMES`, in the curve's encoding. */
  readonly shares: readonly { readonly name: RootKeyName; readonly share: SecretBytes }[];
}

/**
 * What the epoch logic keeps across restarts, and all of it. Every method that changes something has made it durable
 * when it returns; it throws a typed error and changes nothing otherwise.
 */
export interface EpochStore {
  /** Whether this node recorded that it takes part in the execution, in this boot or an earlier one. */
  hasJoined(executionId: Uint8Array): boolean;
  /** Called before the first message of an execution leaves the node. */
  recordJoined(executionId: Uint8Array): void;
  /** Every set of shares that is kept. The caller owns the secrets. */
  loadShares(): readonly EpochShares[];
  /** Keeps the shares of a finished attempt, encrypted. Called before the vote for them. */
  saveShares(shares: EpochShares): void;
  /** The chain made this execution's result the epoch's: keeps its shares and erases all others and all joined marks. */
  activateShares(executionId: Uint8Array): void;
}
