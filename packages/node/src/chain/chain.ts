import type { PartyIndex } from '@keymesh/foundation';
import type { RootKeyName } from '@keymesh/threshold';

/** A member of a validator set, as the chain knows it. Its position in the set is its party index. */
export interface Member {
  readonly party: PartyIndex;
  /** EVM address that votes, lower case with 0x. */
  readonly nodeAddress: string;
  /** Ed25519 key of the mesh, 32 bytes. */
  readonly meshIdentity: Uint8Array;
  /** X25519 key that requests are sealed to, 32 bytes. */
  readonly sealingKey: Uint8Array;
  /** Where clients reach it, e.g. `http://127.0.0.1:7470`. */
  readonly endpoint: string;
  /** Where members reach it: host:port. */
  readonly meshEndpoint: string;
}

/** A validator set that was locked and the epoch it is locked for. */
export interface Committee {
  readonly epoch: number;
  /** t = ceil(2n/3). */
  readonly threshold: number;
  /** In party order: index 0 is party 1. */
  readonly members: readonly Member[];
}

/** A key generation that the chain waits for (state NextValidatorSetLocked or ReadyForNextEpoch). */
export interface PendingKeyGeneration {
  readonly committee: Committee;
  readonly attempt: number;
  /** Parties that do not take part in this attempt. */
  readonly excluded: readonly PartyIndex[];
  /** Members whose retry vote for this attempt is counted. */
  readonly retryVoters: readonly PartyIndex[];
  /** Members whose key-generation vote for this attempt is counted. */
  readonly resultVoters: readonly PartyIndex[];
  /** True once t equal votes are in: `advanceEpoch` may be called. */
  readonly ready: boolean;
}

/** The epoch in service. */
export interface ActiveEpoch {
  readonly committee: Committee;
  /** The attempt whose result won. */
  readonly attempt: number;
  readonly excluded: readonly PartyIndex[];
  /** 32 bytes that t members voted for. */
  readonly resultHash: Uint8Array;
  readonly rootKeys: readonly { readonly name: RootKeyName; readonly publicKey: Uint8Array }[];
}

/** What the contracts say at one block. */
export interface ChainSnapshot {
  readonly block: { readonly number: bigint; readonly hash: string };
  readonly chainId: number;
  /** Address of the Staking contract, lower case with 0x. */
  readonly staking: string;
  readonly pending: PendingKeyGeneration | undefined;
  readonly active: ActiveEpoch | undefined;
}

/** Votes and calls that a member sends. Each resolves when the transaction is mined and rejects with a typed error. */
export interface EpochTransactions {
  voteKeyGeneration(vote: {
    readonly epoch: number;
    readonly attempt: number;
    readonly resultHash: Uint8Array;
    readonly rootKeys: readonly { readonly name: RootKeyName; readonly publicKey: Uint8Array }[];
  }): Promise<void>;
  voteRetry(vote: {
    readonly epoch: number;
    readonly attempt: number;
    readonly blamed: readonly PartyIndex[];
  }): Promise<void>;
  advanceEpoch(): Promise<void>;
}
