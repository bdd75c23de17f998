import {
  fromHex,
  KeymeshError,
  type PartyIndex,
  type RandomSource,
  SecretBytes as Secret,
  type SecretBytes,
  toHex,
  toKeymeshError,
  utf8,
} from '@keymesh/foundation';
import { conditionsOfRequest, decryptionResource, hashConditions, identityOf } from '@keymesh/protocol/conditions';
import {
  type HandshakeStatement,
  handshakeDigest,
  httpStatusOf,
  parseJson,
  type RequestOf,
  type ResponseOf,
  ROUTES,
  type Route,
  type RouteName,
} from '@keymesh/protocol/routes';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { openRequest, sealResponse } from '@keymesh/protocol/sealing';
import { type AuthSig, capability, type SessionRequirement, verifySessionSignature } from '@keymesh/protocol/sessions';
import { accountSignatureMessage, type BlsBackend, partialSign } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
  type SigningNonces,
  signShare,
} from '@keymesh/threshold/frost';
import { encodePublicKeyPackage, rootPublicKey } from '@keymesh/threshold/public-key-package';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { type DealtKeys, seededRandom } from './dealer.ts';

export const NONCE_LIFETIME_MS = 10 * 60 * 1_000;

/** What all nodes of a test network have in common. */
export interface World {
  readonly seed: string;
  readonly epoch: number;
  readonly keys: DealtKeys;
  readonly bls: BlsBackend;
  readonly curves: Curves;
  readonly now: () => number;
  /** The chain's answers, by `tokenId/wallet` in lower case; all else is denied. */
  readonly permitted: Set<string>;
  readonly keyIds: Map<string, Uint8Array>;
  /** The sentence with which conditions are denied; `undefined` while they hold. */
  denial: KeymeshError | undefined;
}

/** A request that a node has read. */
export interface Opened {
  readonly route: RouteName;
  readonly request: unknown;
  readonly clientPublicKey: Uint8Array | undefined;
}

/** An honest node: real sessions, seals, nonces and shares, over functions instead of sockets. */
export class TestNode {
  readonly party: PartyIndex;
  readonly url: string;
  readonly address: string;
  readonly sealingSecret: SecretBytes;
  readonly sealingKey: Uint8Array;
  readonly meshIdentity: Uint8Array;
  readonly #meshSecret: Uint8Array;
  readonly #world: World;
  readonly #random: RandomSource;
  readonly #nonces = new Map<
    string,
    { readonly nonces: SigningNonces; readonly owner: string; readonly scheme: FrostScheme }
  >();
  /** Requests that were received, by route. */
  readonly received: RouteName[] = [];

  constructor(world: World, party: PartyIndex) {
    this.#world = world;
    this.party = party;
    this.url = `http://node-${party}.test:7470`;
    this.#random = seededRandom(`node/${world.seed}/${party}`);
    this.address = `0x${toHex(this.#random(20))}`;
    this.sealingSecret = new Secret(this.#random(32));
    this.sealingKey = this.sealingSecret.expose((secret) => x25519.getPublicKey(secret));
    this.#meshSecret = this.#random(32);
    this.meshIdentity = ed25519.getPublicKey(this.#meshSecret);
  }

  /** As a restart does. */
  forgetNonces(): void {
    this.#nonces.clear();
  }

  /** Reads an HTTP request; `clientPublicKey` is where the answer is sealed to, if the route is sealed. */
  open(path: string, body: string): Opened {
    const route = Object.values(ROUTES).find((one) => one.path === path) as Route;
    const name = route.name as RouteName;
    this.received.push(name);
    if (!route.sealed)
      return { route: name, request: parseJson(route.request, body, name), clientPublicKey: undefined };
    const { plaintext, clientPublicKey } = openRequest(JSON.parse(body), this.sealingSecret, this.#world.now());
    return { route: name, request: parseJson(route.request, plaintext, name), clientPublicKey };
  }

  /** What an honest node answers. */
  answer(opened: Opened): Response {
    try {
      return this.reply(opened, this.handle(opened));
    } catch (thrown) {
      return this.refuse(opened, toKeymeshError(thrown));
    }
  }

  /** An answer, under this node's seal where the route has one. */
  reply({ clientPublicKey }: Opened, value: unknown, status = 200): Response {
    const { now } = this.#world;
    const headers = { 'content-type': 'application/json' };
    const plaintext = JSON.stringify(value);
    if (clientPublicKey === undefined) return new Response(plaintext, { status, headers });
    const seal = { plaintext, clientPublicKey, nodeSecretKey: this.sealingSecret, now: now(), random: this.#random };
    return new Response(JSON.stringify(sealResponse(seal)), { status, headers });
  }

  refuse(opened: Opened, error: KeymeshError): Response {
    return this.reply(opened, errorBody(error), httpStatusOf(error));
  }

  /** A handshake answer with changes, signed by this node. */
  shakeHands(challenge: string, changes: Partial<HandshakeStatement> = {}): ResponseOf<'handshake'> {
    const { keys, epoch } = this.#world;
    const statement: HandshakeStatement = {
      nodeAddress: this.address,
      party: this.party,
      epoch,
      version: 'test',
      networkPublicKeyPackage: toHex(encodePublicKeyPackage(keys.publicKeyPackage)),
      transcriptDigest: toHex(keys.transcriptDigest),
      executionId: toHex(keys.executionId),
      resultHash: toHex(keys.resultHash),
      meshIdentity: toHex(this.meshIdentity),
      sealingKey: toHex(this.sealingKey),
      latestBlock: { number: 7, hash: `0x${'ab'.repeat(32)}` },
      ...changes,
    };
    return { ...statement, signature: toHex(ed25519.sign(handshakeDigest(challenge, statement), this.#meshSecret)) };
  }

  /** The content of an honest answer. @throws KeymeshError what the node refuses with. */
  handle({ route: name, request }: Opened): unknown {
    if (name === 'handshake') return this.shakeHands((request as RequestOf<'handshake'>).challenge);
    if (name === 'signCommit') return this.#commit(request as RequestOf<'signCommit'>);
    if (name === 'signShare') return this.#share(request as RequestOf<'signShare'>);
    return this.#decrypt(request as RequestOf<'decrypt'>);
  }

  #caller(authSig: AuthSig, required: SessionRequirement['required']): string {
    return verifySessionSignature({ authSig, nodeAddress: this.url, now: this.#world.now(), required }).wallet;
  }

  #signer(authSig: AuthSig, tokenId: string): string {
    const wallet = this.#caller(authSig, capability('pkp-signing', tokenId.slice(2)));
    if (this.#world.permitted.has(`${tokenId}/${wallet.toLowerCase()}`)) return wallet;
    throw new KeymeshError(`The wallet ${wallet} may not use the key ${tokenId}.`, {
      code: 'permissions/denied',
      fault: 'caller',
    });
  }

  #commit(request: RequestOf<'signCommit'>): ResponseOf<'signCommit'> {
    const owner = this.#signer(request.authSig, request.tokenId);
    return {
      commitments: this.#makeNonces(owner, request.scheme as FrostScheme, request.count),
      bootId: '00'.repeat(16),
    };
  }

  #makeNonces(owner: string, scheme: FrostScheme, count: number) {
    const { root } = SCHEMES[scheme];
    const share = this.#world.keys.share(this.party, root);
    return Array.from({ length: count }, () => {
      const nonces = commit({
        ...{
          suite: frostSuites[scheme],
          curve: this.#world.curves[root],
          party: this.party,
          share,
          random: this.#random,
        },
      });
      const id = toHex(this.#random(16));
      this.#nonces.set(id, { nonces, owner, scheme });
      const { hiding, binding } = nonces.commitment;
      return { id, hiding: toHex(hiding), binding: toHex(binding), expiresAt: this.#world.now() + NONCE_LIFETIME_MS };
    });
  }

  #share(request: RequestOf<'signShare'>): ResponseOf<'signShare'> {
    const owner = this.#signer(request.authSig, request.tokenId);
    const { keys, bls } = this.#world;
    if (request.scheme === 'Bls12381') {
      const message = accountSignatureMessage(BigInt(request.tokenId), fromHex(request.message));
      const share = keys.share(this.party, 'bls12381-sessions');
      const { value } = partialSign(bls, this.party, share, message, this.#random);
      const publicKey = toHex(rootPublicKey(keys.publicKeyPackage, 'bls12381-sessions'));
      return { party: this.party, share: toHex(value), publicKey };
    }
    const scheme = request.scheme as FrostScheme;
    const { root } = SCHEMES[scheme];
    const own = request.commitments.find(({ party }) => party === this.party);
    const kept = this.#nonces.get(own?.id ?? '');
    if (kept === undefined || kept.owner !== owner || kept.scheme !== scheme) throw nonceUnknown();
    this.#nonces.delete(own?.id ?? '');
    const curve = this.#world.curves[root];
    const commitments = keys.publicKeyPackage.roots.find(({ name }) => name === root)!.commitments;
    const key = createGroupKey(
      curve,
      commitments.map((commitment) => curve.decodePoint(commitment)),
      deriveTweak(root, this.#world.keyIds.get(request.tokenId)!),
    );
    const context = createSigningContext({
      suite: frostSuites[scheme],
      key,
      commitments: decodeCommitments(
        curve,
        request.commitments.map(({ party, hiding, binding }) => ({
          ...{ party, hiding: fromHex(hiding), binding: fromHex(binding) },
        })),
      ),
      message: fromHex(request.message),
    });
    return {
      party: this.party,
      share: toHex(signShare(context, kept.nonces, keys.share(this.party, root))),
      publicKey: toHex(frostSuites[scheme].encodePublicKey(key.encodedPublicKey)),
      nextCommitments: this.#makeNonces(owner, scheme, 1),
    };
  }

  #decrypt(request: RequestOf<'decrypt'>): ResponseOf<'decrypt'> {
    const conditionsHash = hashConditions(conditionsOfRequest(request));
    const resource = decryptionResource(conditionsHash, request.dataToEncryptHash);
    this.#caller(request.authSig, capability('access-control-condition-decryption', resource));
    const { denial, keys, bls } = this.#world;
    if (denial !== undefined) throw denial;
    const identity = utf8(identityOf(conditionsHash, request.dataToEncryptHash));
    const share = keys.share(this.party, 'bls12381-decryption');
    const { value } = partialSign(bls, this.party, share, identity, this.#random);
    return { party: this.party, share: toHex(value), blocks: {} };
  }
}

export function errorBody(error: KeymeshError) {
  return { error: error.toJSON(), requestId: 'test-request' };
}

export function nonceUnknown(): KeymeshError {
  return new KeymeshError('The nonce commitment is not known.', { code: 'nonce/unknown', fault: 'caller' });
}
