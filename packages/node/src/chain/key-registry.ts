/** What the chain knows of minted keys. All of it is public. */
export interface KeyRegistry {
  /**
   * The 32-byte key id behind a token, from which the child keys of all curves derive.
   * @throws NodeError `permissions/unknown-token`, `chain/unreachable`.
   */
  keyIdOf(tokenId: bigint): Promise<Uint8Array>;
  /** Whether the wallet owns the token or is permitted by its owner, as of the newest block. */
  isPermittedAddress(tokenId: bigint, wallet: string): Promise<boolean>;
}
