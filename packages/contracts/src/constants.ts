/** The key set whose root keys the network generates. `Staking.KEY_SET_ID`. */
export const KEY_SET_ID = 'keymesh-keyset1';

/** The one realm. `Staking.REALM_ID`. */
export const REALM_ID = 1n;

/** The one key type that can be minted. `PKPNFT.KEY_TYPE_SECP256K1`. */
export const KEY_TYPE_SECP256K1 = 2n;

/** Scopes that can be granted to addresses and actions: `SCOPE_SIGN_ANYTHING` and `SCOPE_PERSONAL_SIGN` of `PKPPermissions`. */
export const SCOPE_SIGN_ANYTHING = 1n;
export const SCOPE_PERSONAL_SIGN = 2n;

/** Numbers of `Staking.state()` and of the event `StateChanged`. `Paused` and `Restore` are reserved. */
export const EpochState = {
  Active: 0,
  NextValidatorSetLocked: 1,
  ReadyForNextEpoch: 2,
  Unlocked: 3,
  Paused: 4,
  Restore: 5,
} as const;

export type EpochState = (typeof EpochState)[keyof typeof EpochState];

/**
 * Gas to allow for a vote, for the largest set. The vote that completes a threshold does much more than those before
 * it, and which one that is, is known only when it is mined: an estimate made a moment earlier is too low.
 */
export const VOTE_GAS_LIMITS = { voteKeyGeneration: 1_500_000n, voteRetry: 2_500_000n } as const;
