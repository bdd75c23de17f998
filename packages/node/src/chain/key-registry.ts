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
  /** The owner, and whom it permits; `0x` and 40 digits each. */
  permittedAddresses(tokenId: bigint): Promise<readonly string[]>;
  /** Multihashes of the actions that the owner permits, as `0x…`. */
  permittedActions(tokenId: bigint): Promise<readonly string[]>;
}
