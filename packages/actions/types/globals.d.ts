/**
 * What a program finds in its global scope besides what the web has. In a project of your own:
 * `{ "compilerOptions": { "lib": ["ES2024", "DOM"], "types": ["@keymesh/actions/globals"] } }`.
 */
import type { ethers as Ethers } from 'ethers';
import type * as Viem from 'viem';
import type * as ViemAccounts from 'viem/accounts';

declare global {
  /** Ethers 5. Compiled when it is first used. */
  const ethers: typeof Ethers;
  /** Viem 2 with its accounts, without its definitions of chains. Compiled when it is first used. */
  const viem: typeof Viem & { readonly accounts: typeof ViemAccounts };
  /** JSON Web Tokens, as in the package jsonwebtoken 9. Compiled when it is first used. */
  const jwt: LitJwt;
  /** The caller's parameters; each key is a global as well, unless that replaced something. */
  // biome-ignore lint/suspicious/noExplicitAny: the author knows what callers pass
  const jsParams: any;
  const Lit: { readonly Actions: LitActionsApi; readonly Auth: LitAuthContext; readonly Headers: Headers };
  const LitActions: LitActionsApi;
  const LitAuth: LitAuthContext;

  type LitSigningScheme =
    | 'EcdsaK256Sha256'
    | 'EcdsaP256Sha256'
    | 'EcdsaP384Sha384'
    | 'SchnorrEd25519Sha512'
    | 'SchnorrEd448Shake256'
    | 'SchnorrRistretto25519Sha512'
    | 'SchnorrK256Sha256'
    | 'SchnorrK256Taproot'
    | 'SchnorrP256Sha256'
    | 'SchnorrP384Sha384'
    | 'SchnorrRedJubjubBlake2b512'
    | 'SchnorrRedDecaf377Blake2b512'
    | 'SchnorrkelSubstrate'
    | 'Bls12381';

  interface LitAuthContext {
    /** CIDs of the running programs: first the outermost, last this one. */
    readonly actionIpfsIdStack: readonly string[];
    readonly authSigAddress: string | null;
    readonly authMethodContexts: readonly unknown[];
    readonly resources: readonly string[];
    readonly customAuthResource: string;
  }

  interface LitJwt {
    /** @returns the payload, with the header if `complete` is set; null for what is no token. Verifies nothing. */
    // biome-ignore lint/suspicious/noExplicitAny: what a token says is its maker's
    decode(token: string, options?: { readonly complete?: boolean; readonly json?: boolean }): any;
    /** @returns the payload. @throws JsonWebTokenError, TokenExpiredError, NotBeforeError. */
    verify(
      token: string,
      secretOrPublicKey: string | Uint8Array,
      options?: {
        readonly algorithms?: readonly string[];
        readonly audience?: string | RegExp;
        readonly issuer?: string | readonly string[];
        readonly subject?: string;
        readonly clockTolerance?: number;
        readonly ignoreExpiration?: boolean;
        readonly maxAge?: string | number;
        readonly nonce?: string;
      },
      // biome-ignore lint/suspicious/noExplicitAny: what a token says is its maker's
    ): any;
    sign(
      payload: string | object,
      secretOrPrivateKey: string | Uint8Array,
      options?: {
        readonly algorithm?: string;
        readonly expiresIn?: string | number;
        readonly notBefore?: string | number;
        readonly audience?: string | readonly string[];
        readonly issuer?: string;
        readonly subject?: string;
        readonly keyid?: string;
        readonly noTimestamp?: boolean;
      },
    ): string;
    readonly JsonWebTokenError: new (message: string) => Error;
    readonly TokenExpiredError: new (message: string, expiredAt: Date) => Error;
    readonly NotBeforeError: new (message: string, date: Date) => Error;
  }

  /** A wallet's proof of its address: a sign-in text (EIP-4361) that it signed. As an object or its JSON. */
  type LitAuthSig =
    | string
    | {
        readonly sig: string;
        readonly derivedVia: string;
        readonly signedMessage: string;
        readonly address: string;
      };

  /** Bytes, or an array of them. For ECDSA the digest. */
  type LitBytes = Uint8Array | ArrayBuffer | readonly number[];

  /** `publicKey`: 0x04 and 128 digits, the uncompressed secp256k1 key of a token; or the token's number. */
  interface LitSignParameters {
    readonly toSign: LitBytes;
    readonly publicKey: string;
    readonly sigName: string;
  }

  interface LitDecryptParameters {
    readonly accessControlConditions: readonly object[];
    readonly ciphertext: string;
    readonly dataToEncryptHash: string;
    /** Null: the caller of the program. */
    readonly authSig?: LitAuthSig | null;
    readonly chain: string;
  }

  /** Somebody by a kind of login, and by who they are within it. */
  interface LitLogin {
    readonly tokenId: string | bigint;
    readonly authMethodType: string | number | bigint;
    readonly userId: LitBytes | string;
  }

  interface LitActionsApi {
    /** The client combines the parts, under `sigName`. */
    sign(parameters: LitSignParameters & { readonly signingScheme: LitSigningScheme }): Promise<'success'>;
    signEcdsa(parameters: LitSignParameters): Promise<'success'>;
    /** Signs as wallets sign texts (EIP-191). */
    ethPersonalSignMessageEcdsa(parameters: {
      readonly message: string | LitBytes;
      readonly publicKey: string;
      readonly sigName: string;
    }): Promise<'success'>;
    /** ECDSA: JSON of `r` (behind the parity byte), `s` and `v`; others: hex with 0x. */
    signAndCombine(parameters: LitSignParameters & { readonly signingScheme: LitSigningScheme }): Promise<string>;
    signAndCombineEcdsa(parameters: LitSignParameters): Promise<string>;
    /** With the own key of the outermost program. */
    signAsAction(parameters: {
      readonly toSign: LitBytes;
      readonly sigName: string;
      readonly signingScheme: Exclude<LitSigningScheme, 'Bls12381'>;
    }): Promise<string>;
    getActionPublicKey(parameters: {
      readonly signingScheme: LitSigningScheme;
      readonly actionIpfsCid: string;
    }): Promise<string>;
    verifyActionSignature(parameters: {
      readonly signingScheme: LitSigningScheme;
      readonly actionIpfsCid: string;
      readonly toSign: LitBytes;
      /** What `signAsAction` gave. */
      readonly signOutput: string;
    }): Promise<boolean>;

    isPermittedAction(parameters: { readonly tokenId: string | bigint; readonly ipfsId: string }): Promise<boolean>;
    isPermittedAddress(parameters: { readonly tokenId: string | bigint; readonly address: string }): Promise<boolean>;
    isPermittedAuthMethod(parameters: LitLogin): Promise<boolean>;
    getPermittedAuthMethods(parameters: {
      readonly tokenId: string | bigint;
    }): Promise<{ auth_method_type: string; id: string; user_pubkey: string }[]>;
    /** A flag for each scope from 0 to `maxScopeId` - 1 (default 100). */
    getPermittedAuthMethodScopes(parameters: LitLogin & { readonly maxScopeId?: number }): Promise<boolean[]>;
    getPermittedActions(parameters: { readonly tokenId: string | bigint }): Promise<string[]>;
    getPermittedAddresses(parameters: { readonly tokenId: string | bigint }): Promise<string[]>;
    pubkeyToTokenId(parameters: { readonly publicKey: string }): Promise<string>;

    getLatestNonce(parameters: { readonly address: string; readonly chain: string }): Promise<string>;
    /** `eth_call`. @param parameters `txn`: RLP of an unsigned transaction. */
    callContract(parameters: { readonly chain: string; readonly txn: string }): Promise<string>;
    getRpcUrl(parameters: { readonly chain: string }): Promise<string>;

    checkConditions(parameters: {
      readonly conditions: readonly object[];
      /** Null: the caller of the program. */
      readonly authSig?: LitAuthSig | null;
      readonly chain: string;
    }): Promise<boolean>;
    encrypt(parameters: {
      readonly accessControlConditions: readonly object[];
      readonly to_encrypt: LitBytes;
    }): Promise<{ ciphertext: string; dataToEncryptHash: string }>;
    decryptAndCombine(parameters: LitDecryptParameters): Promise<string>;
    /** The text on one node, the empty text on the others. */
    decryptToSingleNode(parameters: LitDecryptParameters): Promise<string>;

    /** AES-GCM: twelve bytes of nonce, then the ciphertext with its tag. @returns the UTF-8 text. */
    aesDecrypt(parameters: { readonly symmetricKey: LitBytes; readonly ciphertext: LitBytes }): Promise<string>;
    /** Claims the key with the id keccak256(`<CID of this program>_<keyId>`); the nodes' words for it are in the result. */
    claimKey(parameters: { readonly keyId: string }): Promise<void>;

    /** The values of all nodes, the same list on each. */
    broadcastAndCollect(parameters: { readonly name: string; readonly value: string }): Promise<string[]>;
    /** One node does it; with `waitForResponse` all get what came out, or `"[ERROR]"`. */
    runOnce(
      parameters: { readonly waitForResponse?: boolean; readonly name: string },
      asyncFunction: () => Promise<unknown>,
    ): Promise<string>;
    /** Runs another program by its CID. @returns its response. */
    call(parameters: { readonly ipfsId: string; readonly params?: Readonly<Record<string, unknown>> }): Promise<string>;
    /** The last call counts. */
    setResponse(parameters: { readonly response: string }): void;

    /** By the names of multiformats: utf8, hex, base64, base64pad, base64url, base58btc and so on. */
    uint8arrayToString(array: LitBytes, encoding?: string): string;
    uint8arrayFromString(text: string, encoding?: string): Uint8Array;
  }
}
