import type { ActionDecryption, ActionHost, ActionPartialSignature, ActionSigning } from '@keymesh/actions';
import { equalBytes, fromHex, type PartyIndex, type RandomSource, sha256Of, toHex, utf8 } from '@keymesh/foundation';
import { multihashOf } from '@keymesh/protocol/cid';
import {
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
import { isSchemeOf } from '@keymesh/protocol/schemes';
import { type AuthSig, capability } from '@keymesh/protocol/sessions';
import { type BlsBackend, decryptWithPartials, encrypt, partialSign, verifyingSharesOf } from '@keymesh/threshold/bls';
import { keccak256 } from 'viem/utils';
import type { FactSource } from '../conditions/fact-source.ts';
import { NodeError } from '../errors.ts';
import type { Authorization, AuthorizedKey, Caller } from '../requests/authorization.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { AuthorizedSigningRequest } from '../signing/request.ts';
import type { SigningService } from '../signing/signing-service.ts';
import { combineParts } from './combine-parts.ts';
import { isProgramSignature, programKeyId, programPublicKey } from './program-keys.ts';
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

/** Nobody: what a condition on the caller's wallet is judged for when a program asks in its own name. */
const NOBODY = '0x0000000000000000000000000000000000000000';

/**
 * What this node does for one run. Nothing here believes the program: who may sign or decrypt follows from the caller's
 * session, the CID of what runs, and the chain.
 */
export function createProgramHost(run: ProgramRun, modules: ProgramHostModules): ActionHost {
  const { caller, rounds, authSig } = run;
  const { chains, programs, serving, authorization } = modules;
  const epochNow = (): ServingEpoch => serving(run.epoch);
  const asked = (action: string, userAddress: string = caller.session.wallet) => ({
    userAddress,
    parameters: caller.session.delegation.parameters,
    currentActionIpfsId: action,
  });
  let decryptions = 0;

  async function isSatisfied(conditions: ConditionList, context: ReturnType<typeof asked>) {
    const found = await modules.facts.read(planFacts(conditions, context));
    return evaluate(conditions, found.answers, context);
  }

  /** The program alone may satisfy them, whoever runs it; else the caller must have allowed its session to decrypt. */
  async function requireSatisfied(conditions: ConditionList, { dataToEncryptHash, programs: cids }: ActionDecryption) {
    const action = cids.at(-1) ?? '';
    if ((await isSatisfied(conditions, asked(action, NOBODY))).satisfied) return;
    const resource = decryptionResource(hashConditions(conditions), dataToEncryptHash);
    authorization.caller(authSig, capability('access-control-condition-decryption', resource));
    const { satisfied, explanation } = await isSatisfied(conditions, asked(action));
    if (!satisfied) throw conditionsDenied(explanation);
  }

  /** The key of a signing, if this run may use it. */
  async function keyFor({ key, programs: cids }: ActionSigning): Promise<AuthorizedKey> {
    if ('publicKey' in key) {
      return authorization.signerForAction(authSig, tokenIdOf(key.publicKey), multihashOf(cids.at(-1) ?? ''));
    }
    // No token has this key; the number only has to be one that none has.
    const keyId = programKeyId(cids[0] ?? '');
    return { tokenId: BigInt(`0x${toHex(keyId)}`), keyId };
  }

  async function signPart(signing: ActionSigning) {
    const { scheme, message, name } = signing;
    const key = await keyFor(signing);
    const epoch = epochNow();
    const tokenId = `0x${key.tokenId.toString(16).padStart(64, '0')}`;
    const session = actionSigningSessionId(run.id, name, { tokenId, scheme, message });
    const signers = isSchemeOf('bls', scheme) ? [] : rounds.parties;
    const request: AuthorizedSigningRequest = { session, ...key, scheme, message, signers };
    // Signers wait for each other by the session's id: who signs something else would only look silent.
    const step = rounds.step(`sign ${name}`, session);
    const partial = await Promise.race([modules.signing.sign(epoch, request), step.differs]).finally(() => step.stop());
    return { request, partial };
  }

  return {
    auth: {
      authSigAddress: caller.session.wallet,
      authMethodContexts: [],
      resources: [],
      customAuthResource: '',
    },
    peers: rounds,
    chains,
    signPartially: async (signing) => {
      const { request, partial } = await signPart(signing);
      const { scheme, message, tokenId } = request;
      return { scheme, message, name: signing.name, tokenId, partial } satisfies ActionPartialSignature;
    },
    signAndCombine: async (signing) => {
      const { request, partial } = await signPart(signing);
      const round = `combine/${signing.name}/${toHex(request.session)}`;
      rounds.publish(round, fromHex(partial.share));
      const given = await rounds.collect(round, rounds.parties);
      const shares = rounds.parties.map((party) => ({ party, share: given.get(party) as Uint8Array }));
      return combineParts(epochNow(), request, { own: partial, shares }, modules);
    },
    actionPublicKey: (cid, scheme) => programPublicKey(epochNow(), cid, scheme),
    verifyActionSignature: (cid, signature, message) => isProgramSignature(epochNow(), cid, signature, message),
    checkConditions: async (conditions, _chain, cids) =>
      (await isSatisfied(readConditions(conditions), asked(cids.at(-1) ?? ''))).satisfied,
    encrypt: (conditions, plaintext) => {
      const dataToEncryptHash = toHex(sha256Of(plaintext));
      const ciphertext = encrypt(modules.bls, {
        publicKey: epochNow().root('bls12381-decryption').encodedPublicKey,
        identity: utf8(identityOf(hashConditions(readConditions(conditions)), dataToEncryptHash)),
        plaintext,
        random: modules.random,
      });
      return { ciphertext: Buffer.from(ciphertext).toString('base64'), dataToEncryptHash };
    },
    decrypt: async (decryption, only) => {
      const conditions = readConditions(decryption.conditions);
      await requireSatisfied(conditions, decryption);
      decryptions += 1;
      const round = `decrypt/${decryptions}`;
      const to = only ? [rounds.leaderOf(round)] : rounds.parties;
      return decryptTogether(epochNow(), { conditions, decryption, round, rounds, to }, modules);
    },
    loadAction: (cid) => programs.find(cid),
  };
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
