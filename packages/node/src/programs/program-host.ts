import type {
  ActionClaim,
  ActionDecryption,
  ActionHost,
  ActionPartialSignature,
  ActionSignature,
  ActionSigning,
  ConditionsCaller,
} from '@keymesh/actions';
import {
  type Clock,
  equalBytes,
  fromHex,
  type PartyIndex,
  type RandomSource,
  sha256Of,
  toHex,
  utf8,
} from '@keymesh/foundation';
import { multihashOf } from '@keymesh/protocol/cid';
import { type Claim, claimedKeyId } from '@keymesh/protocol/claims';
import {
  type ConditionContext,
  type ConditionList,
  conditionsDenied,
  decryptionResource,
  evaluate,
  hashConditions,
  identityOf,
  parseConditions,
  planFacts,
} from '@keymesh/protocol/conditions';
import { actionSigningSessionId } from '@keymesh/protocol/routes';
import { isSchemeOf, type SchemeName } from '@keymesh/protocol/schemes';
import {
  type AuthSig,
  type Capability,
  capability,
  verifyWalletProof,
  type WalletProof,
} from '@keymesh/protocol/sessions';
import { type BlsBackend, decryptWithPartials, encrypt, partialSign, verifyingSharesOf } from '@keymesh/threshold/bls';
import { keccak256 } from 'viem/utils';
import type { FactSource } from '../conditions/fact-source.ts';
import { NodeError } from '../errors.ts';
import type { Authorization, AuthorizedKey, Caller } from '../requests/authorization.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { AuthorizedSigningRequest } from '../signing/request.ts';
import type { SigningService } from '../signing/signing-service.ts';
import { combineParts } from './combine-parts.ts';
import { BEGIN_TIMEOUT_MS } from './limits.ts';
import { isProgramSignature, programKeyId, programPublicKey, programTokenId } from './program-keys.ts';
import type { ProgramStore } from './program-store.ts';
import type { RunRounds } from './run-rounds.ts';

export interface ProgramHostModules {
  readonly authorization: Authorization;
  readonly signing: Pick<SigningService, 'sign'>;
  readonly facts: FactSource;
  readonly bls: BlsBackend;
  readonly random: RandomSource;
  readonly chains: ActionHost['chains'];
  readonly programs: ProgramStore;
  readonly clock: Clock;
  /** This node's word that the wallet may mint the key: see `claimHash`. @returns 0x and r, s, v. */
  readonly signClaim: (claim: Pick<Claim, 'derivedKeyId' | 'claimer'>) => Promise<string>;
  /** @throws NodeError `node/not-ready`, `wire/stale-epoch`. */
  readonly serving: (epoch: number) => ServingEpoch;
}

/** One run as this node knows it. */
export interface ProgramRun {
  /** 32 bytes. */
  readonly id: Uint8Array;
  readonly epoch: number;
  readonly authSig: AuthSig;
  readonly caller: Caller;
  readonly rounds: RunRounds;
}

/**
 * What this node does for one run. Nothing here believes the program: who may sign or decrypt follows from the caller's
 * session, the CID of what runs, and the chain.
 */
export class ProgramHost implements ActionHost {
  readonly auth: ActionHost['auth'];
  readonly peers: RunRounds;
  readonly chains: ActionHost['chains'];
  readonly #run: ProgramRun;
  readonly #modules: ProgramHostModules;
  #decryptions = 0;

  constructor(run: ProgramRun, modules: ProgramHostModules) {
    this.#run = run;
    this.#modules = modules;
    this.peers = run.rounds;
    this.chains = modules.chains;
    const { wallet: authSigAddress, delegation } = run.caller.session;
    // Sessions begin with wallets: no login is behind any, and no program.
    this.auth = { authSigAddress, authMethodContexts: [], resources: delegation.resources, customAuthResource: '' };
  }

  async begin(): Promise<void> {
    this.peers.publish('begin', new Uint8Array(0));
    try {
      await this.peers.collect('begin', this.peers.parties, BEGIN_TIMEOUT_MS);
    } catch (cause) {
      throw notBegun(cause);
    }
  }

  async signPartially(signing: ActionSigning): Promise<ActionPartialSignature> {
    const { request, partial } = await this.#sign(signing);
    const { scheme, message, tokenId } = request;
    return { scheme, message, name: signing.name, tokenId, partial };
  }

  async signAndCombine(signing: ActionSigning): Promise<ActionSignature> {
    const { peers } = this;
    const { request, partial } = await this.#sign(signing);
    const round = `combine/${signing.name}/${toHex(request.session)}`;
    peers.publish(round, fromHex(partial.share));
    const given = await peers.collect(round, peers.parties);
    const shares = peers.parties.map((party) => ({ party, share: given.get(party) as Uint8Array }));
    return combineParts(this.#epoch(), request, { own: partial, shares }, this.#modules);
  }

  actionPublicKey(cid: string, scheme: SchemeName): Uint8Array {
    return programPublicKey(this.#epoch(), cid, scheme);
  }

  verifyActionSignature(cid: string, signature: ActionSignature, message: Uint8Array): boolean {
    return isProgramSignature(this.#epoch(), cid, { ...signature, message, bls: this.#modules.bls });
  }

  async claimKey(cid: string, keyId: string): Promise<ActionClaim> {
    const derivedKeyId = claimedKeyId(cid, keyId);
    const claim = { derivedKeyId, claimer: this.#run.caller.wallet };
    return { derivedKeyId: toHex(derivedKeyId), signature: await this.#modules.signClaim(claim) };
  }

  async checkConditions(conditions: readonly unknown[], { authSig, programs }: ConditionsCaller): Promise<boolean> {
    return (await this.#judge(readConditions(conditions), this.#asked(programs, this.#proofOf(authSig)))).satisfied;
  }

  encrypt(conditions: readonly unknown[], plaintext: Uint8Array) {
    const dataToEncryptHash = toHex(sha256Of(plaintext));
    const ciphertext = encrypt(this.#modules.bls, {
      publicKey: this.#epoch().root('bls12381-decryption').encodedPublicKey,
      identity: utf8(identityOf(hashConditions(readConditions(conditions)), dataToEncryptHash)),
      plaintext,
      random: this.#modules.random,
    });
    return { ciphertext: Buffer.from(ciphertext).toString('base64'), dataToEncryptHash };
  }

  async decrypt(decryption: ActionDecryption, only: boolean): Promise<Uint8Array | undefined> {
    const conditions = readConditions(decryption.conditions);
    await this.#requireSatisfied(conditions, decryption);
    this.#decryptions += 1;
    const round = `decrypt/${this.#decryptions}`;
    const to = only ? [this.peers.leaderOf(round)] : this.peers.parties;
    const of = { conditions, decryption, round, rounds: this.peers, to };
    return decryptTogether(this.#epoch(), of, this.#modules);
  }

  loadAction(cid: string): Promise<string> {
    return this.#modules.programs.find(cid);
  }

  /** Again after every wait: the epoch may have ended, and its shares are wiped then. */
  #epoch(): ServingEpoch {
    return this.#modules.serving(this.#run.epoch);
  }

  #asked(programs: readonly string[], proof: WalletProof | undefined) {
    const { wallet, delegation } = this.#run.caller.session;
    const currentActionIpfsId = programs.at(-1) ?? '';
    if (proof !== undefined) return { userAddress: proof.wallet, parameters: {}, currentActionIpfsId };
    return { userAddress: wallet, parameters: delegation.parameters, currentActionIpfsId };
  }

  #proofOf(authSig: AuthSig | null): WalletProof | undefined {
    return authSig === null ? undefined : verifyWalletProof(authSig, this.#modules.clock.now());
  }

  async #judge(conditions: ConditionList, context: ConditionContext) {
    const found = await this.#modules.facts.read(planFacts(conditions, context));
    return evaluate(conditions, found.answers, context);
  }

  /**
   * Conditions that are about the program and not about its caller are the program's to satisfy, whoever runs it. For all
   * others the caller must have let its session decrypt, or the wallet of the proof must have granted it: a program may
   * be anybody's.
   */
  async #requireSatisfied(conditions: ConditionList, { authSig, dataToEncryptHash, programs }: ActionDecryption) {
    const proof = this.#proofOf(authSig);
    if (!isAboutProgram(conditions)) {
      const resource = decryptionResource(hashConditions(conditions), dataToEncryptHash);
      this.#requireGranted(capability('access-control-condition-decryption', resource), proof);
    }
    const { satisfied, explanation } = await this.#judge(conditions, this.#asked(programs, proof));
    if (!satisfied) throw conditionsDenied(explanation);
  }

  #requireGranted(needed: Capability, proof: WalletProof | undefined): void {
    if (proof === undefined) this.#modules.authorization.caller(this.#run.authSig, needed);
    else if (!proof.grants(needed)) throw notGranted();
  }

  /** The key of a signing, if this run may use it. */
  async #keyFor({ key, programs, isPersonal = false }: ActionSigning): Promise<AuthorizedKey> {
    if ('publicKey' in key) {
      const multihash = multihashOf(programs.at(-1) ?? '');
      const signer = { tokenId: tokenIdOf(key.publicKey), multihash, isPersonal };
      return this.#modules.authorization.signerForAction(this.#run.authSig, signer);
    }
    const cid = programs[0] ?? '';
    return { tokenId: programTokenId(cid), keyId: programKeyId(cid) };
  }

  async #sign(signing: ActionSigning) {
    const { scheme, message, name } = signing;
    const key = await this.#keyFor(signing);
    const tokenId = `0x${key.tokenId.toString(16).padStart(64, '0')}`;
    const session = actionSigningSessionId(this.#run.id, name, { tokenId, scheme, message });
    const signers = isSchemeOf('bls', scheme) ? [] : this.peers.parties;
    const request: AuthorizedSigningRequest = { session, ...key, scheme, message, signers };
    // Signers wait for each other by the session's id: who signs something else would only look silent.
    const step = this.peers.step(`sign ${name}`, session);
    const signed = this.#modules.signing.sign(this.#epoch(), request);
    const partial = await Promise.race([signed, step.differs]).finally(() => step.stop());
    return { request, partial };
  }
}

/**
 * Every node gives its share to those that shall have the plaintext, and each of them makes it for itself.
 * @returns undefined on the others.
 */
async function decryptTogether(
  epoch: ServingEpoch,
  of: {
    readonly conditions: ConditionList;
    readonly decryption: ActionDecryption;
    readonly round: string;
    readonly rounds: RunRounds;
    readonly to: readonly PartyIndex[];
  },
  { bls, random }: ProgramHostModules,
): Promise<Uint8Array | undefined> {
  const { decryption, round, rounds, to } = of;
  const identity = utf8(identityOf(hashConditions(of.conditions), decryption.dataToEncryptHash));
  const root = epoch.root('bls12381-decryption');
  const { value } = partialSign(bls, epoch.self, root.share, identity, random);
  // The name says what it is a share of: programs that part ways must not feed each other shares of something else.
  const name = `${round}/${toHex(sha256Of(identity))}`;
  rounds.tell(name, value, to);
  if (!to.includes(epoch.self)) return undefined;
  const shares = await rounds.collect(name, rounds.parties);
  const { plaintext } = decryptWithPartials(bls, {
    ...{ ciphertext: new Uint8Array(Buffer.from(decryption.ciphertext, 'base64')), identity, random },
    threshold: epoch.threshold,
    publicKey: root.encodedPublicKey,
    partials: rounds.parties.map((party) => ({ party, value: shares.get(party) as Uint8Array })),
    verifyingShares: verifyingSharesOf(
      bls,
      root.commitments.map((commitment) => root.curve.encodePoint(commitment)),
    ),
  });
  if (equalBytes(sha256Of(plaintext), fromHex(decryption.dataToEncryptHash))) return plaintext;
  throw new NodeError('The decrypted data does not have the hash that it was encrypted under.', {
    code: 'actions/wrong-data-hash',
    fault: 'caller',
    hint: 'Whoever made the ciphertext gave it a wrong hash; do not rely on the data.',
  });
}

/** The client may rely on it: no line of the program has run here. */
function notBegun(cause: unknown): NodeError {
  const missing = cause instanceof NodeError ? (cause.details.nodes ?? cause.culprits) : [];
  return new NodeError(`The program did not begin: nodes ${String(missing)} were not there.`, {
    code: 'actions/not-begun',
    fault: 'environment',
    hint: 'They refused it, or are slow or gone. Run the program again; the client then asks others.',
    cause,
  });
}

function notGranted(): NodeError {
  return new NodeError('The authSig that the program has does not grant decryption.', {
    code: 'permissions/denied',
    fault: 'caller',
    hint: 'Let the wallet sign a text with a ReCap for access-control-condition-decryption, or pass null for the caller of the program.',
  });
}

/** Whether conditions name the program, and nothing of its caller anywhere. */
function isAboutProgram(conditions: ConditionList): boolean {
  const text = JSON.stringify(conditions);
  return text.includes(':currentActionIpfsId') && !text.includes(':userAddress') && !text.includes(':litParam:');
}

/** Programs give conditions without the name of their kind: it shows in their fields. */
function readConditions(conditions: readonly unknown[]): ConditionList {
  const has = (field: string): boolean => JSON.stringify(conditions).includes(`"${field}":`);
  if (has('conditionType')) return parseConditions('unifiedAccessControlConditions', conditions);
  if (has('functionAbi')) return parseConditions('evmContractConditions', conditions);
  return parseConditions('accessControlConditions', conditions);
}

const UNCOMPRESSED_DIGITS = 130;
const WITHOUT_PREFIX_DIGITS = 128;
const TOKEN_DIGITS = 64;

/** A key by its uncompressed public key on secp256k1, with or without the byte 04, or by its token. @returns `0x…` */
function tokenIdOf(text: string): `0x${string}` {
  const digits = text.replace(/^0x/, '').toLowerCase();
  if (digits.length === TOKEN_DIGITS) return `0x${digits}`;
  if (digits.length === UNCOMPRESSED_DIGITS && digits.startsWith('04')) return keccak256(`0x${digits}`);
  if (digits.length === WITHOUT_PREFIX_DIGITS) return keccak256(`0x04${digits}`);
  throw new NodeError('The key that the program names is none.', {
    code: 'permissions/unknown-token',
    fault: 'caller',
    hint: 'Pass publicKey as 0x04 and 128 hex digits: the uncompressed secp256k1 key of a token.',
  });
}
