/** A minted key: its token, and what its public keys on all curves follow from. */
export interface Key {
  /** 0x and 64 lower-case digits. */
  readonly tokenId: string;
  /** 32 bytes. */
  readonly keyId: Uint8Array;
  /** secp256k1, uncompressed: 0x and 130 digits. */
  readonly publicKey: string;
  /** The Ethereum address of the key, 0x and 40 digits. */
  readonly address: string;
}
