import type { PartyIndex } from '@keymesh/foundation';
import type { ResponseOf } from '@keymesh/protocol/routes';
import type { SchemeName } from '@keymesh/protocol/schemes';

/** `Lit.Auth` (reference/action-api.md §2.4). */
export interface ActionAuth {
  /** CIDs of the running programs: first the outermost, last the current one. */
  readonly actionIpfsIdStack: readonly string[];
  /** The caller's wallet with a checksum, or null. */
  readonly authSigAddress: string | null;
  readonly authMethodContexts: readonly unknown[];
  /** Resources in the session's capability. */
  readonly resources: readonly string[];
  readonly customAuthResource: string;
}

/** A key that an op signs with: of a token, or an action's own. */
export type SigningKeyName =
  | { readonly kind: 'public-key'; readonly publicKey: string }
  | { readonly kind: 'action'; readonly cid: string };

/** One signature that a run asks for. All signers ask for it under the same name, in the same order. */
export interface ActionSigning {
  readonly key: SigningKeyName;
  readonly scheme: SchemeName;
  /** For ECDSA its digest. */
  readonly message: Uint8Array;
  /** `sigName`, unique in a run with its children, or a name that the op makes. */
  readonly name: string;
}

/** A partial signature as a node answers it, with what it is a part of. */
export interface NamedPartialSignature {
  readonly name: string;
  readonly scheme: SchemeName;
  readonly message: Uint8Array;
  readonly partial: Omit<ResponseOf<'sign'>, 'party'>;
}

/** A whole signature, verified. */
export interface CombinedSignature {
  readonly scheme: SchemeName;
  readonly signature: Uint8Array;
  /** In the scheme's encoding. */
  readonly publicKey: Uint8Array;
  /** For ECDSA: 0 or 1. */
  readonly recoveryId?: number;
}

/** The other nodes that run the same request. */
export interface ActionPeers {
  readonly self: PartyIndex;
  /** All that run it, ascending, this node included. */
  readonly parties: readonly PartyIndex[];
  /** Which one does what one alone shall do. The same on every node. */
  leaderOf(name: string): PartyIndex;
  /** Sends this run's value of a round to the others; once for each round. */
  publish(round: string, value: Uint8Array): void;
  /**
   * Values of a round, those of this node included if it published one.
   * @throws ActionError `actions/diverged` when a peer went another way; NodeError when one is silent.
   */
  collect(round: string, from: readonly PartyIndex[]): Promise<ReadonlyMap<PartyIndex, Uint8Array>>;
  /**
   * Tells peers which step, that all must take alike, this node takes now, and compares it with theirs as they come.
   * @param step for people, e.g. `signEcdsa "sig1"`; @param content what must be equal: hashed.
   */
  step(step: string, content: Uint8Array): void;
}

/** What conditions an op encrypts to or decrypts with: any of the reference's three forms, as the author gives them. */
export interface ActionConditions {
  readonly accessControlConditions: readonly unknown[];
  readonly chain: string;
}

/**
 * What a node does for a run. The node implements it for each run; simulations and tests have their own. Every method
 * decides for itself whether the run may: an op checks only form and limits.
 */
export interface ActionHost {
  readonly auth: ActionAuth;
  readonly peers: ActionPeers;
  /** This node's part of a signature. @throws NodeError `permissions/denied` unless caller or program may sign. */
  signPartially(signing: ActionSigning): Promise<NamedPartialSignature>;
  /** The whole signature, to every node. */
  signAndCombine(signing: ActionSigning): Promise<CombinedSignature>;
  /** A program's own key, in the scheme's encoding. */
  actionPublicKey(cid: string, scheme: SchemeName): Uint8Array;
  /** Whether a signature of a program's own key is good. */
  verifyActionSignature(cid: string, scheme: SchemeName, message: Uint8Array, signature: Uint8Array): boolean;
  /** Whether conditions hold for the caller, or for the wallet of another proof. */
  checkConditions(conditions: ActionConditions, authSig: unknown): Promise<boolean>;
  encrypt(
    conditions: ActionConditions,
    plaintext: Uint8Array,
  ): Promise<{ readonly ciphertext: string; readonly dataToEncryptHash: string }>;
  /** @param only undefined for every node; else the one that gets the plaintext, others get undefined. */
  decrypt(
    conditions: ActionConditions & { readonly ciphertext: string; readonly dataToEncryptHash: string },
    authSig: unknown,
    only: PartyIndex | undefined,
  ): Promise<Uint8Array | undefined>;
  readonly permissions: {
    isPermittedAction(tokenId: bigint, cid: string): Promise<boolean>;
    isPermittedAddress(tokenId: bigint, address: string): Promise<boolean>;
    isPermittedAuthMethod(tokenId: bigint, type: bigint, userId: Uint8Array): Promise<boolean>;
    getPermittedActions(tokenId: bigint): Promise<readonly string[]>;
    getPermittedAddresses(tokenId: bigint): Promise<readonly string[]>;
    getPermittedAuthMethods(
      tokenId: bigint,
    ): Promise<readonly { readonly type: bigint; readonly id: Uint8Array; readonly publicKey: Uint8Array }[]>;
    getPermittedAuthMethodScopes(
      tokenId: bigint,
      type: bigint,
      userId: Uint8Array,
      maxScopeId: number,
    ): Promise<readonly boolean[]>;
  };
  /** A claim of a key id by the running program, signed by this node. */
  claimKey(keyId: string): Promise<unknown>;
  /** The text of another program, verified against its CID. @throws NodeError when no source has it. */
  loadAction(cid: string): Promise<string>;
}
