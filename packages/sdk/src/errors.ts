import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that the SDK adds to those that nodes answer with. */
export type SdkErrorCode =
  /** The chain's endpoint does not answer or holds no Keymesh network at the address. */
  | 'sdk/chain-unreachable'
  /** A contract, the chain or the wallet refused a transaction or call. */
  | 'sdk/chain-refused'
  /** What the contracts say contradicts itself: they are not those of a Keymesh network, or the endpoint lies. */
  | 'sdk/chain-inconsistent'
  /** The contracts are there, and no epoch is active yet. */
  | 'sdk/network-not-ready'
  /** Too few nodes gave good answers. */
  | 'sdk/too-few-nodes'
  /** One node did not answer, or not in time, or something else answered in its place. */
  | 'sdk/node-unreachable'
  /** One node answered with something that is not what the chain, the protocol or mathematics says. */
  | 'sdk/node-lied'
  /** One node serves another epoch than the one that was read from the chain. */
  | 'sdk/node-stale'
  /** One node's refusal, with its own code in the details. */
  | 'sdk/node-refused'
  /** One signer's answer contradicts those of the others of its signer set; who is wrong cannot be told from that. */
  | 'sdk/node-contradicts'
  /** A key is neither a token id nor a secp256k1 public key of a token of this network. */
  | 'sdk/unknown-key'
  /** An argument is not of the form that the function takes. */
  | 'sdk/invalid-argument'
  /** The session has ended. */
  | 'sdk/session-unusable'
  /** What was decrypted does not have the hash that the ciphertext came with. */
  | 'sdk/wrong-data-hash'
  /** A program did not end well, on all nodes or on some. */
  | 'sdk/action-failed'
  /** A program signed different things on different nodes. */
  | 'sdk/action-diverged';

/** An error of the SDK. */
export class SdkError extends KeymeshError {
  declare readonly code: SdkErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: SdkErrorCode }) {
    super(message, options);
  }
}

/** The error for an argument that a function cannot take. */
export function invalidArgument(message: string, hint: string): SdkError {
  return new SdkError(message, { code: 'sdk/invalid-argument', fault: 'caller', hint });
}
