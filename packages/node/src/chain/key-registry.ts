import type { ActionAuthMethod } from '@keymesh/actions';

/** What somebody may sign with a key: anything, or only texts as wallets sign them (EIP-191). */
export type SigningScope = 'anything' | 'personal';

/** What the chain knows of minted keys. All of it is public. */
export interface KeyRegistry {
  /**
   * The 32-byte key id behind a token, from which the child keys of all curves derive.
   * @throws NodeError `permissions/unknown-token`, `chain/unreachable`.
   */
  keyIdOf(tokenId: bigint): Promise<Uint8Array>;
  /** Whether the wallet owns the token or is permitted by its owner, as of the newest block. */
  isPermittedAddress(tokenId: bigint, wallet: string): Promise<boolean>;
  /**
   * Whether the token's owner permits the action, as of the newest block.
   * @param multihash of the action's CIDv0.
   */
  isPermittedAction(tokenId: bigint, multihash: Uint8Array): Promise<boolean>;
  /** What the wallet may sign with the key, as of the newest block; an owner all. */
  scopesOfAddress(tokenId: bigint, wallet: string): Promise<ReadonlySet<SigningScope>>;
  /** What the action may sign with the key, as of the newest block. @param multihash of the action's CIDv0. */
  scopesOfAction(tokenId: bigint, multihash: Uint8Array): Promise<ReadonlySet<SigningScope>>;
  /** The owner, and whom it permits; `0x` and 40 digits each. */
  permittedAddresses(tokenId: bigint): Promise<readonly string[]>;
  /** Multihashes of the actions that the owner permits, as `0x…`. */
  permittedActions(tokenId: bigint): Promise<readonly string[]>;
  isPermittedAuthMethod(tokenId: bigint, login: Pick<ActionAuthMethod, 'type' | 'id'>): Promise<boolean>;
  permittedAuthMethods(tokenId: bigint): Promise<readonly ActionAuthMethod[]>;
  /** @returns a flag for each scope from 0 to count - 1. */
  authMethodScopes(
    tokenId: bigint,
    login: Pick<ActionAuthMethod, 'type' | 'id'>,
    count: number,
  ): Promise<readonly boolean[]>;
}
