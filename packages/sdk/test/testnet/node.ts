import {
  fromHex,
  KeymeshError,
  type PartyIndex,
  type RandomSource,
  SecretBytes as Secret,
  type SecretBytes,
  type SerializedError,
  toHex,
  toKeymeshError,
  utf8,
} from '@keymesh/foundation';
import { cidOf } from '@keymesh/protocol/cid';
import { conditionsOfRequest, decryptionResource, hashConditions, identityOf } from '@keymesh/protocol/conditions';
import {
  actionSigningSessionId,
  executeRequestIdentity,
  type HandshakeStatement,
  handshakeDigest,
  httpStatusOf,
  parseJson,
  type RequestOf,
  type ResponseOf,
  ROUTES,
  type Route,
  type RouteName,
  runIdOf,
  signingSessionId,
  signRequestIdentity,
} from '@keymesh/protocol/routes';
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { openRequest, sealResponse } from '@keymesh/protocol/sealing';
import { type AuthSig, capability, type SessionRequirement, verifySessionSignature } from '@keymesh/protocol/sessions';
import { accountSignatureMessage, type BlsBackend, partialSign } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import { deriveTweak } from '@keymesh/threshold/derivation';
import * as ecdsa from '@keymesh/threshold/ecdsa';
import * as frost from '@keymesh/threshold/frost';
import { encodePublicKeyPackage, rootPublicKey } from '@keymesh/threshold/public-key-package';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { type DealtKeys, seededRandom } from './dealer.ts';
import type { Mesh } from './mesh.ts';
import { type DealParameters, dealPreparation, type EcdsaPreparation, type FrostPreparation } from './preparations.ts';

type SignRequest = RequestOf<'sign'>;
type SignResponse = ResponseOf<'sign'>;
/** What of a request a share depends on. */
type Signing = Pick<SignRequest, 'scheme' | 'tokenId' | 'message' | 'signers'>;

/**
 * The programs of this network are JSON and no JavaScript: what comes out of them, and what they sign. The client knows
 * no difference.
 */
export interface TestProgram {
  readonly response?: string;
  readonly logs?: string;
  readonly steps?: string[];
  readonly error?: SerializedError;
  readonly signs?: readonly { readonly sigName: string; readonly scheme: SchemeName; readonly message: string }[];
}

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
  readonly mesh: Mesh;
  /** Pairs that cannot make ECDSA presignatures together. */
  readonly burnt: (readonly [PartyIndex, PartyIndex])[];
  /** The sentence with which conditions are denied; `undefined` while they hold. */
  denial: KeymeshError | undefined;
}

/** A request that a node has read. */
export interface Opened {
  readonly route: RouteName;
  readonly request: unknown;
  readonly clientPublicKey: Uint8Array | undefined;
}

/** An honest node: real sessions, seals and shares, over functions instead of sockets. A dealer fills its stock. */
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

  /** Reads an HTTP request; `clientPublicKey` is where the answer is sealed to, if the route is sealed. */
  open(path: string, body: string): Opened {
    const route = Object.values(ROUTES).find((one) => one.path === path) as Route;
    const name = route.name as RouteName;
    this.received.push(name);
    if (!route.sealed)
      return {
        route: name,
        request: parseJson(route.request, route.method === 'GET' ? '{}' : body, name),
        clientPublicKey: undefined,
      };
    const { plaintext, clientPublicKey } = openRequest(JSON.parse(body), this.sealingSecret, this.#world.now());
    return { route: name, request: parseJson(route.request, plaintext, name), clientPublicKey };
  }

  /** What an honest node answers. */
  async answer(opened: Opened): Promise<Response> {
    try {
      return this.reply(opened, await this.handle(opened));
    } catch (thrown) {
      return this.refuse(opened, toKeymeshError(thrown));
    }
  }

  /** An answer, under this node's seal where the route has one. */
  reply({ clientPublicKey }: Opened, value: unknown, status = 200): Response {
    const headers = { 'content-type': 'application/json' };
    const plaintext = JSON.stringify(value);
    if (clientPublicKey === undefined) return new Response(plaintext, { status, headers });
    return new Response(this.seal({ clientPublicKey }, plaintext), { status, headers });
  }

  /** A text under this node's seal, as JSON. */
  seal({ clientPublicKey }: Pick<Opened, 'clientPublicKey'>, plaintext: string): string {
    const keys = { clientPublicKey: clientPublicKey as Uint8Array, nodeSecretKey: this.sealingSecret };
    return JSON.stringify(sealResponse({ plaintext, ...keys, now: this.#world.now(), random: this.#random }));
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
  async handle({ route: name, request }: Opened): Promise<unknown> {
    if (name === 'handshake') return this.shakeHands((request as RequestOf<'handshake'>).challenge);
    if (name === 'sign') return this.#sign(request as SignRequest);
    if (name === 'ready') return { ready: true, epoch: this.#world.epoch, party: this.party };
    if (name === 'execute') return this.#execute(request as RequestOf<'execute'>);
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

  async #sign(request: SignRequest): Promise<SignResponse> {
    const wallet = this.#signer(request.authSig, request.tokenId);
    return this.#signTogether(
      request,
      signingSessionId(signRequestIdentity(wallet.toLowerCase(), request), request.requestId),
    );
  }

  async #signTogether(request: Signing, session: Uint8Array): Promise<SignResponse> {
    const { scheme, signers } = request;
    if (scheme === 'Bls12381') return this.#signBls(request);
    const needsAll = isSchemeOf('ecdsa', scheme);
    const burnt = this.#world.burnt.find((pair) => pair.includes(this.party) && pair.every((p) => signers.includes(p)));
    if (needsAll && burnt !== undefined) throw pairBurnt(burnt);
    const deal = () => this.#deal({ scheme, signers });
    const preparation = await this.#world.mesh.join({ session, self: this.party, signers, needsAll, deal });
    return preparation.kind === 'frost'
      ? this.#signFrost(request, preparation)
      : this.#signEcdsa(request, preparation, session);
  }

  /** An answer of its own, with a preparation that nobody else knows: right in itself, and another story. */
  signAlone(request: SignRequest, changes: Partial<DealParameters> = {}): SignResponse {
    const wallet = this.#signer(request.authSig, request.tokenId);
    const preparation = this.#deal({ ...request, ...changes });
    if (preparation.kind === 'frost') return this.#signFrost(request, preparation);
    const session = signingSessionId(signRequestIdentity(wallet.toLowerCase(), request), request.requestId);
    return this.#signEcdsa(request, preparation, session);
  }

  #deal(parameters: Pick<DealParameters, 'scheme' | 'signers'> & Partial<DealParameters>) {
    const { keys, curves } = this.#world;
    return dealPreparation({ keys, curves, random: this.#random, ...parameters });
  }

  #signBls({ tokenId, message }: Signing): SignResponse {
    const { keys, bls } = this.#world;
    const share = keys.share(this.party, 'bls12381-sessions');
    const toSign = accountSignatureMessage(BigInt(tokenId), fromHex(message));
    const { value } = partialSign(bls, this.party, share, toSign, this.#random);
    const publicKey = toHex(rootPublicKey(keys.publicKeyPackage, 'bls12381-sessions'));
    return { party: this.party, share: toHex(value), publicKey };
  }

  #signFrost({ scheme, tokenId, message }: Signing, { id, nonces }: FrostPreparation): SignResponse {
    if (!isSchemeOf('frost', scheme)) throw new Error('not a scheme of FROST');
    const { keys, curves } = this.#world;
    const { root } = SCHEMES[scheme];
    const commitments = [...nonces.values()].map(({ commitment }) => commitment);
    const curve = curves[root];
    const roots = keys.publicKeyPackage.roots.find(({ name }) => name === root)!.commitments;
    const context = frost.createSigningContext({
      suite: frost.frostSuites[scheme],
      key: frost.createGroupKey(
        curve,
        roots.map((commitment) => curve.decodePoint(commitment)),
        deriveTweak(root, this.#world.keyIds.get(tokenId)!),
      ),
      commitments: frost.decodeCommitments(curve, commitments),
      message: fromHex(message),
    });
    const share = frost.signShare(context, nonces.get(this.party)!, keys.share(this.party, root));
    return {
      party: this.party,
      share: toHex(share),
      publicKey: toHex(frost.frostSuites[scheme].encodePublicKey(context.key.encodedPublicKey)),
      frost: {
        id: toHex(id),
        commitments: commitments.map(({ party, hiding, binding }) => ({
          ...{ party, hiding: toHex(hiding), binding: toHex(binding) },
        })),
      },
    };
  }

  #signEcdsa(request: Signing, preparation: EcdsaPreparation, id: Uint8Array): SignResponse {
    const { scheme, tokenId, message } = request;
    if (!isSchemeOf('ecdsa', scheme)) throw new Error('not a scheme of ECDSA');
    const { record, halves, entropies } = preparation;
    const tweak = deriveTweak(SCHEMES[scheme].root, this.#world.keyIds.get(tokenId)!);
    const signed = { id, digest: fromHex(message), tweak };
    const half = halves.get(this.party)!;
    half.bind(ecdsa.digestRequest(record, signed));
    const openings = [...entropies].map(([party, entropy]) => ({ party, entropy }));
    const context = ecdsa.createSigningContext(record, signed, openings);
    return {
      party: this.party,
      share: toHex(ecdsa.signShare(context, half)),
      publicKey: toHex(context.encodedPublicKey),
      ecdsa: {
        record: toHex(ecdsa.encodeRecord(record)),
        // In no order: each node has its own.
        openings: [...openings.slice(this.party % 2), ...openings.slice(0, this.party % 2)].map((opening) => ({
          ...{ party: opening.party, entropy: toHex(opening.entropy) },
        })),
      },
    };
  }

  async #execute(request: RequestOf<'execute'>): Promise<ResponseOf<'execute'>> {
    const { code = '{}', jsParams, signers, epoch, requestId } = request;
    const cid = cidOf(code);
    const wallet = this.#caller(request.authSig, capability('lit-action-execution', cid)).toLowerCase();
    const run = runIdOf(executeRequestIdentity(wallet, { cid, jsParams, signers, epoch }), requestId);
    const { tokenId } = JSON.parse(jsParams) as { tokenId: string };
    const { response = '', logs = '', steps = [], error, signs = [] } = JSON.parse(code) as TestProgram;
    const signatures: ResponseOf<'execute'>['signatures'] = {};
    for (const { sigName, scheme, message } of signs) {
      const name = `${sigName}/0`;
      const session = actionSigningSessionId(run, name, { tokenId, scheme, message: fromHex(message) });
      const signing = { scheme, tokenId, message, signers: scheme === 'Bls12381' ? [] : signers };
      const { party: _, ...partial } = await this.#signTogether(signing, session);
      signatures[sigName] = { tokenId, scheme, message, name, ...partial };
    }
    return {
      party: this.party,
      cid,
      response,
      logs,
      steps,
      signatures,
      claims: {},
      ...(error === undefined ? {} : { error }),
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

function pairBurnt(pair: readonly PartyIndex[]): KeymeshError {
  return new KeymeshError('The pair is burnt.', {
    code: 'stock/pair-burnt',
    fault: 'environment',
    details: { pair: [...pair] },
  });
}
