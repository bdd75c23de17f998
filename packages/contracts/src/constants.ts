/** The key set whose root keys the network generates. `Staking.KEY_SET_ID`. */
export const KEY_SET_ID = 'keymesh-keyset1';

/** The one realm. `Staking.REALM_ID`. */
export const REALM_ID = 1n;

/** The one key type that can be minted. `PKPNFT.KEY_TYPE_SECP256K1`. */
export const KEY_TYPE_SECP256K1 = 2n;

/** The one scope that can be granted. `PKPPermissions.SCOPE_SIGN_ANYTHING`. */
export const SCOPE_SIGN_ANYTHING = 1n;

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
