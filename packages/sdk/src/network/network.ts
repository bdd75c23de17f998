import type { ContractAddresses } from '@keymesh/contracts';
import type { Gate, PartyIndex } from '@keymesh/foundation';
import type { BlsBackend, VerifyingShares } from '@keymesh/threshold/bls';
import type { Curves, Point } from '@keymesh/threshold/curves';
import type { PublicKeyPackage, RootKeyName } from '@keymesh/threshold/public-key-package';
import type { Key } from '../keys/key.ts';
import type { Platform } from '../platform.ts';
import type { ChainClient } from './chain-client.ts';
import type { RootPublicKeys } from './root-keys.ts';

/** A node of the network, as the chain names it. */
export interface NetworkNode {
  readonly party: PartyIndex;
  readonly url: string;
  /** The node's EVM account, lower case with 0x. */
  readonly address: string;
  /** Ed25519, 32 bytes. */
  readonly meshIdentity: Uint8Array;
  /** X25519, 32 bytes. */
  readonly sealingKey: Uint8Array;
}

/** The Feldman commitments of each root, decoded. */
export type DecodedRoots = Readonly<Record<RootKeyName, readonly Point[]>>;

/**
 * What the chain alone says of a network: enough to find keys and to compute their public keys, while every node is
 * down. A connection to the network has it as well.
 */
export interface NetworkOnChain {
  readonly platform: Platform;
  /** A viem client of the network's chain. */
  readonly chain: ChainClient;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly curves: Curves;
  readonly rootKeys: RootPublicKeys;
  /** Keys that were read from the chain and checked, by token id: a token's key never changes. */
  readonly knownKeys: Map<string, Key>;
}

/**
 * A connection to a network, made by `connect` and given to every function. It holds public facts that were checked
 * against the chain, and how well each node answered; closing is not needed.
 */
export interface Network extends NetworkOnChain {
  readonly epoch: number;
  /** t: nodes that a signature or decryption needs. */
  readonly threshold: number;
  /** All members of the epoch, ascending by party. */
  readonly nodes: readonly NetworkNode[];
  /** Those that were not excluded from the key generation. The others hold no shares and are never asked. */
  readonly shareholders: readonly NetworkNode[];
  /** Checked against the hash that t members voted on chain. */
  readonly publicKeys: PublicKeyPackage;
  readonly bls: BlsBackend;
  readonly roots: DecodedRoots;
  /** Of the root key `bls12381-decryption`. */
  readonly decryptionShares: VerifyingShares;
  /** Of the root key `bls12381-sessions`. */
  readonly sessionShares: VerifyingShares;
  /** How well each node answered so far. */
  readonly health: NodeHealth;
  /** Signatures take turns in it. */
  readonly signings: Gate;
}

/** Remembers which nodes answered, so that dead and slow ones are asked last. */
export class NodeHealth {
  readonly #failures = new Map<PartyIndex, number>();

  succeeded(party: PartyIndex): void {
    this.#failures.delete(party);
  }
  failed(party: PartyIndex): void {
    this.#failures.set(party, (this.#failures.get(party) ?? 0) + 1);
  }
  /** Fewest failures first; among equals, in the given order. */
  order<T extends { readonly party: PartyIndex }>(nodes: readonly T[]): T[] {
    const failuresOf = ({ party }: T): number => this.#failures.get(party) ?? 0;
    return [...nodes].sort((a, b) => failuresOf(a) - failuresOf(b));
  }
}
