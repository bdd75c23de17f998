import { type Clock, toHex } from '@keymesh/foundation';
import { noblePrimitives, type Primitives } from '@keymesh/protocol/primitives';
import type { AuthSig, Capability, VerifiedSession } from '@keymesh/protocol/sessions';
import { capability, verifySessionSignature } from '@keymesh/protocol/sessions';
import type { KeyRegistry, SigningScope } from '../chain/key-registry.ts';
import { NodeError } from '../errors.ts';
import { PERMISSION_AGE_MAX_MS, PERMISSION_CACHE_ENTRIES_MAX, TOKENS_EXPECTED_MAX } from './limits.ts';

/** A caller who was found to stand behind a session. */
export interface Caller {
  /** Lower case with 0x. */
  readonly wallet: string;
  readonly session: VerifiedSession;
}

/** A key that its caller may sign with. */
export interface AuthorizedKey {
  readonly tokenId: bigint;
  /** 32 bytes. */
  readonly keyId: Uint8Array;
}

export interface AuthorizationModules {
  readonly clock: Clock;
  readonly keys: KeyRegistry;
  /** Default: noble. */
  readonly primitives?: Primitives;
}

/**
 * Decides who asks and what they may do: the session first, because it costs no call to the chain, then the chain.
 * Everything is denied that is not granted, and each denial says which check failed.
 */
export class Authorization {
  readonly #nodeAddress: () => string;
  readonly #modules: AuthorizationModules;
  readonly #permissions = new Map<
    string,
    { readonly scopes: Promise<ReadonlySet<SigningScope>>; readonly until: number }
  >();

  /** @param nodeAddress this node's endpoint as the chain has it; sessions are bound to it. */
  constructor(nodeAddress: () => string, modules: AuthorizationModules) {
    this.#nodeAddress = nodeAddress;
    this.#modules = modules;
  }

  /** @throws ProtocolError `session/…`, `delegation/…`. */
  caller(authSig: AuthSig, required: Capability): Caller {
    const nodeAddress = this.#nodeAddress();
    const { clock, primitives = noblePrimitives } = this.#modules;
    const session = verifySessionSignature({ authSig, nodeAddress, now: clock.now(), required, primitives });
    return { wallet: session.wallet.toLowerCase(), session };
  }

  /**
   * The caller of a signing request and the key it may use.
   * @param tokenId `0x` and 64 digits.
   * @param isPersonal whether a text is signed as wallets do it: some may sign nothing else.
   * @throws ProtocolError `session/…`, `delegation/…`; NodeError `permissions/…`, `chain/unreachable`.
   */
  async signer(
    authSig: AuthSig,
    tokenId: string,
    isPersonal = false,
  ): Promise<{ readonly caller: Caller; readonly key: AuthorizedKey }> {
    const caller = this.caller(authSig, capability('pkp-signing', tokenId.slice(2)));
    const id = BigInt(tokenId);
    // One after the other: key ids are remembered for good, and a token that does not exist costs one call and not two.
    const keyId = await this.#modules.keys.keyIdOf(id);
    if (!mayDo(await this.#scopesOf(id, caller.wallet), isPersonal)) {
      throw new NodeError(`The wallet ${caller.session.wallet} may not use the key ${tokenId}.`, {
        code: 'permissions/denied',
        fault: 'caller',
        hint: 'Its owner can permit the wallet with PKPPermissions.addPermittedAddress.',
      });
    }
    return { caller, key: { tokenId: id, keyId } };
  }

  /**
   * The key that an action may sign with: because its owner permits the action, whoever runs it, or because its caller
   * may sign with it, and let its session do so.
   * @throws as `signer`.
   */
  async signerForAction(authSig: AuthSig, { tokenId, multihash, isPersonal }: ActionSigner): Promise<AuthorizedKey> {
    const id = BigInt(tokenId);
    // Both are asked at once: most often neither answer is known yet, and one after the other would cost two calls' time.
    const asCaller = this.signer(authSig, tokenId, isPersonal);
    asCaller.catch(() => {});
    if (multihash !== undefined && mayDo(await this.#scopesOfAction(id, multihash), isPersonal)) {
      return { tokenId: id, keyId: await this.#modules.keys.keyIdOf(id) };
    }
    return (await asCaller).key;
  }

  /**
   * Begins to ask the chain what a program will want to know when it signs with the keys that its caller's session names:
   * the answers come while it starts. What fails here fails again for whoever asks then.
   */
  expectSigning(caller: Caller, multihash: Uint8Array | undefined): void {
    for (const digits of caller.session.delegation.signingTokens.slice(0, TOKENS_EXPECTED_MAX)) {
      const id = BigInt(`0x${digits}`);
      const asked: Promise<unknown>[] = [this.#modules.keys.keyIdOf(id), this.#scopesOf(id, caller.wallet)];
      if (multihash !== undefined) asked.push(this.#scopesOfAction(id, multihash));
      for (const answer of asked) answer.catch(() => {});
    }
  }

  #scopesOfAction(tokenId: bigint, multihash: Uint8Array): Promise<ReadonlySet<SigningScope>> {
    return this.#remembered(`${tokenId}/action/${toHex(multihash)}`, () =>
      this.#modules.keys.scopesOfAction(tokenId, multihash),
    );
  }

  #scopesOf(tokenId: bigint, wallet: string): Promise<ReadonlySet<SigningScope>> {
    return this.#remembered(`${tokenId}/${wallet}`, () => this.#modules.keys.scopesOfAddress(tokenId, wallet));
  }

  /** One call to the chain serves all requests of a moment; a withdrawn permission ends within that moment. */
  #remembered(key: string, ask: () => Promise<ReadonlySet<SigningScope>>): Promise<ReadonlySet<SigningScope>> {
    const now = this.#modules.clock.now();
    const known = this.#permissions.get(key);
    if (known !== undefined && known.until > now) return known.scopes;
    if (this.#permissions.size >= PERMISSION_CACHE_ENTRIES_MAX) this.#permissions.clear();
    const entry = {
      scopes: ask(),
      until: now + PERMISSION_AGE_MAX_MS,
    };
    this.#permissions.set(key, entry);
    entry.scopes.catch(() => {
      // A failure is not remembered; a newer answer than this one may be there by now.
      if (this.#permissions.get(key) === entry) this.#permissions.delete(key);
    });
    return entry.scopes;
  }
}

/** An action that wants to sign, and what. */
interface ActionSigner {
  /** `0x` and 64 digits. */
  readonly tokenId: string;
  /** Of the running action's CIDv0. */
  readonly multihash: Uint8Array | undefined;
  readonly isPersonal: boolean;
}

function mayDo(scopes: ReadonlySet<SigningScope>, isPersonal: boolean): boolean {
  return scopes.has('anything') || (isPersonal && scopes.has('personal'));
}
