import type { ActionDecryption, ActionHost, ActionPartialSignature, ActionSigning } from '@keymesh/actions';
import { equalBytes, fromHex, type RandomSource, sha256Of, toHex, utf8 } from '@keymesh/foundation';
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
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { type AuthSig, capability } from '@keymesh/protocol/sessions';
import { type BlsBackend, decryptWithPartials, encrypt, partialSign, verifyingSharesOf } from '@keymesh/threshold/bls';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { frostSuites } from '@keymesh/threshold/frost';
import { keccak256 } from 'viem/utils';
import type { FactSource } from '../conditions/fact-source.ts';
import { NodeError } from '../errors.ts';
import type { Authorization, Caller } from '../requests/authorization.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { SigningService } from '../signing/signing-service.ts';
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

  return {
    auth: {
      authSigAddress: caller.session.wallet,
      authMethodContexts: [],
      resources: [],
      customAuthResource: '',
    },
    peers: rounds,
    chains,
    signPartially: async ({ publicKey, scheme, message, name, programs: cids }: ActionSigning) => {
      const tokenId = tokenIdOf(publicKey);
      const key = await authorization.signerForAction(authSig, tokenId, multihashOf(cids.at(-1) ?? ''));
      const epoch = epochNow();
      const session = actionSigningSessionId(run.id, name, { tokenId, scheme, message });
      // Signers wait for each other by the session's id: who signs something else would only look silent.
      const step = rounds.step(`sign ${name}`, session);
      const signing = modules.signing.sign(epoch, {
        ...{ session, ...key, scheme, message },
        signers: isSchemeOf('bls', scheme) ? [] : rounds.parties,
      });
      const partial = await Promise.race([signing, step.differs]).finally(() => step.stop());
      return { scheme, message, name, tokenId: key.tokenId, partial } satisfies ActionPartialSignature;
    },
    actionPublicKey: (cid, scheme) => publicKeyOf(epochNow(), actionKeyId(cid), scheme),
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
    decrypt: async (decryption) => {
      const conditions = readConditions(decryption.conditions);
      await requireSatisfied(conditions, decryption);
      decryptions += 1;
      return decryptTogether(epochNow(), { conditions, decryption, round: `decrypt/${decryptions}`, rounds }, modules);
    },
    loadAction: (cid) => programs.find(cid),
  };
}

/** Every node gives its share to the others that run the program, and each makes the plaintext for itself. */
async function decryptTogether(
  epoch: ServingEpoch,
  of: {
    readonly conditions: ConditionList;
    readonly decryption: ActionDecryption;
    readonly round: string;
    readonly rounds: RunRounds;
  },
  { bls, random }: ProgramHostModules,
): Promise<Uint8Array> {
  const { decryption, round, rounds } = of;
  const identity = utf8(identityOf(hashConditions(of.conditions), decryption.dataToEncryptHash));
  const root = epoch.root('bls12381-decryption');
  const { value } = partialSign(bls, epoch.self, root.share, identity, random);
  // The name says what it is a share of: programs that part ways must not feed each other shares of something else.
  const name = `${round}/${toHex(sha256Of(identity))}`;
  rounds.publish(name, value);
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

/** A program's own key id (reference/action-api.md, `signAsAction`). */
function actionKeyId(cid: string): Uint8Array {
  return fromHex(keccak256(utf8(`lit_action_${cid}`)));
}

function publicKeyOf(epoch: ServingEpoch, keyId: Uint8Array, scheme: SchemeName): Uint8Array {
  const { curve, commitments, encodedPublicKey } = epoch.root(SCHEMES[scheme].root);
  if (isSchemeOf('bls', scheme)) return encodedPublicKey.slice();
  const [rootKey] = commitments;
  if (rootKey === undefined) return new Uint8Array(0);
  const encoded = curve.encodePoint(deriveChildPublicKey(curve, rootKey, keyId));
  return isSchemeOf('frost', scheme) ? frostSuites[scheme].encodePublicKey(encoded) : encoded;
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
