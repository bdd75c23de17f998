import type { PartyIndex } from '@keymesh/foundation';
import type { ResponseOf } from '@keymesh/protocol/routes';
import type { SchemeName } from '@keymesh/protocol/schemes';
import type { AuthSig } from '@keymesh/protocol/sessions';

/** `Lit.Auth` (reference/action-api.md §2.4). */
export interface ActionAuth {
  /** CIDs of the running programs: first the outermost, last the current one. */
  readonly actionIpfsIdStack: readonly string[];
  /** The caller's wallet with a checksum, or null. */
  readonly authSigAddress: string | null;
  readonly authMethodContexts: readonly unknown[];
  /** Of the delegation behind the session, as its text lists them. */
  readonly resources: readonly string[];
  readonly customAuthResource: string;
}

/**
 * A token's key, by its uncompressed public key on secp256k1 or its number, as `0x…`; or the own key of the program that
 * the caller asked for, which its children use too.
 */
export type SigningKey = { readonly publicKey: string } | { readonly own: true };

/** One signature that a run asks for. All signers ask for it under the same name, in the same order. */
export interface ActionSigning {
  readonly key: SigningKey;
  readonly scheme: SchemeName;
  /** For ECDSA its digest. */
  readonly message: Uint8Array;
  /** `sigName`, and how often it was used before in this run. */
  readonly name: string;
  /** CIDs of the programs that ask: first the outermost, last the one that called. */
  readonly programs: readonly string[];
  /** Whether the message is a text as wallets sign it (EIP-191): some may sign nothing else. Default false. */
  readonly isPersonal?: boolean;
}

/** A program's claim to a key that nobody has minted yet, and this node's word for it. */
export interface ActionClaim {
  /** 64 hex digits: keccak256 of `<cid>_<keyId>` in UTF-8. */
  readonly derivedKeyId: string;
  /** By the node's account on chain, over the id as 32 bytes (EIP-191): 0x and r, s, v. */
  readonly signature: string;
}

/** A login that belongs to a key. */
export interface ActionAuthMethod {
  readonly type: bigint;
  /** `0x…` */
  readonly id: string;
  /** `0x…`; empty where the kind of login has none. */
  readonly userPubkey: string;
}

/** Whose conditions are judged. */
export interface ConditionsCaller {
  readonly chain: string;
  readonly programs: readonly string[];
  /** Another wallet's proof, or null for the caller's own session. */
  readonly authSig: AuthSig | null;
}

/** A node's part of a signature, and what it is a part of. */
export interface ActionPartialSignature {
  readonly scheme: SchemeName;
  readonly message: Uint8Array;
  /** As it was asked for. */
  readonly name: string;
  readonly tokenId: bigint;
  readonly partial: Omit<ResponseOf<'sign'>, 'party'>;
}

/** A whole signature, verified. */
export interface ActionSignature {
  readonly scheme: SchemeName;
  /** In the scheme's form; of ECDSA r ‖ s. */
  readonly signature: Uint8Array;
  /** Of ECDSA. */
  readonly recoveryId?: number;
}

/** The nodes that run the same request. */
export interface ActionPeers {
  readonly self: PartyIndex;
  /** All that run it, ascending, this node included. */
  readonly parties: readonly PartyIndex[];
  /** Which one does what one alone shall do. The same on every node. */
  leaderOf(name: string): PartyIndex;
  /** Sends this run's value of a round to the others; once for each round. */
  publish(round: string, value: Uint8Array): void;
  /** Values of a round, this node's own included if it published one. @throws KeymeshError when one does not come. */
  collect(round: string, from: readonly PartyIndex[]): Promise<ReadonlyMap<PartyIndex, Uint8Array>>;
}

/** What is encrypted to: conditions in any of the reference's three forms, as the author gives them. */
export interface ActionDecryption extends ConditionsCaller {
  readonly conditions: readonly unknown[];
  /** Base64. */
  readonly ciphertext: string;
  /** 64 hex digits. */
  readonly dataToEncryptHash: string;
}

/** Reads of chains and of the network's own contracts. */
export interface ActionChains {
  /** Transactions of an account so far. */
  latestNonce(chain: string, address: string): Promise<number>;
  /** `eth_call` with what an unsigned transaction says. @param transaction RLP as `0x…`. @returns `0x…` */
  callContract(chain: string, transaction: string): Promise<string>;
  /** An endpoint that the operator made public for programs. */
  rpcUrl(chain: string): string;
  isPermittedAddress(tokenId: bigint, address: string): Promise<boolean>;
  isPermittedAction(tokenId: bigint, cid: string): Promise<boolean>;
  getPermittedAddresses(tokenId: bigint): Promise<readonly string[]>;
  getPermittedActions(tokenId: bigint): Promise<readonly string[]>;
  isPermittedAuthMethod(tokenId: bigint, login: Pick<ActionAuthMethod, 'type' | 'id'>): Promise<boolean>;
  getPermittedAuthMethods(tokenId: bigint): Promise<readonly ActionAuthMethod[]>;
  /** @returns a flag for each scope from 0 to count - 1. */
  getPermittedAuthMethodScopes(
    tokenId: bigint,
    login: Pick<ActionAuthMethod, 'type' | 'id'>,
    count: number,
  ): Promise<readonly boolean[]>;
}

/**
 * What a node does for a run. The node implements it for each run; tests have their own. Every method decides for itself
 * whether the run may: an op checks only form and limits.
 */
export interface ActionHost {
  readonly auth: Omit<ActionAuth, 'actionIpfsIdStack'>;
  readonly peers: ActionPeers;
  readonly chains: ActionChains;
  /** Waits until all nodes of the run are about to begin. @throws KeymeshError when one does not come. */
  begin(): Promise<void>;
  /** @throws KeymeshError `permissions/denied` unless the caller or the program may sign with the key. */
  signPartially(signing: ActionSigning): Promise<ActionPartialSignature>;
  /** The whole signature, to every node. @throws as `signPartially`; KeymeshError when a node does not give its part. */
  signAndCombine(signing: ActionSigning): Promise<ActionSignature>;
  /** Whether a signature is good under a program's own key. */
  verifyActionSignature(cid: string, signature: ActionSignature, message: Uint8Array): boolean;
  /** A program's own key. @returns it in the scheme's encoding. */
  actionPublicKey(cid: string, scheme: SchemeName): Uint8Array;
  /** This node's word for a claim of the program to a key. @param keyId the program's own name for it. */
  claimKey(cid: string, keyId: string): Promise<ActionClaim>;
  /** Whether conditions hold for the caller. @throws ProtocolError `delegation/…` for a proof that does not hold. */
  checkConditions(conditions: readonly unknown[], caller: ConditionsCaller): Promise<boolean>;
  encrypt(
    conditions: readonly unknown[],
    plaintext: Uint8Array,
  ): { readonly ciphertext: string; readonly dataToEncryptHash: string };
  /**
   * @param only whether one node alone shall have the plaintext.
   * @returns undefined on the other nodes then.
   * @throws KeymeshError `conditions/denied`.
   */
  decrypt(decryption: ActionDecryption, only: boolean): Promise<Uint8Array | undefined>;
  /** The text of another program, verified against its CID. @throws KeymeshError when no source has it. */
  loadAction(cid: string): Promise<string>;
}
