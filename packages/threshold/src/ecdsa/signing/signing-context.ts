import { bytesToBigint, equalBytes, type PartyIndex, Transcript } from '@keymesh/foundation';
import { modulo, type Point } from '../../curves/index.ts';
import { ThresholdError } from '../../errors.ts';
import { DIGEST_BYTES, parametersOf } from '../parameters.ts';
import { hashEntropy } from '../presigning/entropy.ts';
import { type PresignatureRecord, presignatureId, type SignerCommitment } from '../presigning/record.ts';
import { scalarFromTranscript } from '../scalar-from-transcript.ts';

/** What is to be signed, by whom for whom. Fixed before any signer opens its entropy. */
export interface SigningRequest {
  /** 32 bytes that name the request: a hash of caller, operation, parameters, signers and epoch. */
  readonly id: Uint8Array;
  /** The hash of the message, 32 bytes, on P-384 48: this is what an ECDSA verifier gets. */
  readonly digest: Uint8Array;
  /** child secret = root secret + tweak, e.g. of `deriveTweak`; 0 for the root key itself. */
  readonly tweak: bigint;
}

/** One signer's answer to a request: the entropy that it had committed to. */
export interface EntropyOpening {
  readonly party: PartyIndex;
  readonly entropy: Uint8Array;
}

/** Everything public that one signature depends on. All signers and the combiner compute the same. */
export interface SigningContext {
  readonly record: PresignatureRecord;
  readonly requestDigest: Uint8Array;
  readonly publicKey: Point;
  readonly encodedPublicKey: Uint8Array;
  readonly tweak: bigint;
  /** The message digest as a scalar. */
  readonly message: bigint;
  /** ρ: the signature's nonce is ρ · k. */
  readonly randomiser: bigint;
  /** ρ · R. */
  readonly nonce: Point;
  readonly encodedNonce: Uint8Array;
  /** r: its x coordinate modulo the order. */
  readonly r: bigint;
  /** @throws ThresholdError `ecdsa/wrong-signers`. */
  signer(party: PartyIndex): SignerCommitment;
}

/**
 * The digest that a presignature is bound to: the request, the presignature, the key.
 * @throws ThresholdError `ecdsa/invalid-request`.
 */
export function digestRequest(record: PresignatureRecord, request: SigningRequest): Uint8Array {
  // Checks the request before anything of it is encoded.
  return digestFor(record, request, childKey(record, request));
}

function digestFor(record: PresignatureRecord, request: SigningRequest, publicKey: Point): Uint8Array {
  const { curve } = record;
  return new Transcript('ecdsa/v1/request')
    .append('presignature', presignatureId(record))
    .append('id', request.id)
    .append('digest', request.digest)
    .append('tweak', curve.encodeScalar(request.tweak))
    .append('public key', curve.encodePoint(publicKey))
    .digest();
}

/**
 * Re-randomises a presignature for one request: ρ is a hash of everything that is known and of all signers' entropy,
 * which was fixed before the request and is opened after it (Groth–Shoup, ePrint 2021/1330, §1 and §6).
 *
 * @param openings one for each signer, in any order.
 * @throws ThresholdError `ecdsa/invalid-request`; `ecdsa/wrong-signers`; `ecdsa/invalid-opening` naming the culprits.
 */
export function createSigningContext(
  record: PresignatureRecord,
  request: SigningRequest,
  openings: readonly EntropyOpening[],
): SigningContext {
  const { curve } = record;
  const publicKey = childKey(record, request);
  const requestDigest = digestFor(record, request, publicKey);
  const randomiser = randomiserOf(record, requestDigest, openings);
  const nonce = curve.multiplyPublic(record.nonce, randomiser);
  const encodedNonce = curve.encodePoint(nonce);
  const r = modulo(curve, bytesToBigint(encodedNonce.subarray(1)));
  return {
    record,
    requestDigest,
    publicKey,
    encodedPublicKey: curve.encodePoint(publicKey),
    tweak: request.tweak,
    message: modulo(curve, bytesToBigint(request.digest)),
    randomiser,
    nonce,
    encodedNonce,
    r,
    signer(party) {
      const found = record.signers.find((signer) => signer.party === party);
      if (found === undefined) throw wrongSigners(record, [party]);
      return found;
    },
  };
}

/** The signature shares or openings are not one for each signer. */
export function wrongSigners(record: PresignatureRecord, given: readonly PartyIndex[]): ThresholdError {
  return new ThresholdError('There is not exactly one for each signer of the presignature.', {
    code: 'ecdsa/wrong-signers',
    fault: 'caller',
    hint: 'A presignature works with all of its signers and no others. If one is silent, use another presignature.',
    details: { signers: record.signers.map(({ party }) => party), given },
  });
}

/** Whether `given` names each signer once. */
export function isEachSignerOnce(record: PresignatureRecord, given: readonly PartyIndex[]): boolean {
  const distinct = new Set(given);
  return (
    distinct.size === given.length &&
    given.length === record.signers.length &&
    record.signers.every(({ party }) => distinct.has(party))
  );
}

function randomiserOf(
  record: PresignatureRecord,
  requestDigest: Uint8Array,
  openings: readonly EntropyOpening[],
): bigint {
  const given = openings.map(({ party }) => party);
  if (!isEachSignerOnce(record, given)) throw wrongSigners(record, given);
  const transcript = new Transcript('ecdsa/v1/randomiser').append('request', requestDigest);
  const culprits: PartyIndex[] = [];
  for (const { party, entropy: committed } of record.signers) {
    const { entropy } = openings.find((opening) => opening.party === party) as EntropyOpening;
    const isRight =
      entropy.length === DIGEST_BYTES &&
      equalBytes(hashEntropy(record.curve, record.epochId, record.executionId, party, entropy), committed);
    if (!isRight) culprits.push(party);
    transcript.appendU32('signer', party).append('entropy', entropy);
  }
  if (culprits.length > 0) {
    throw new ThresholdError('Some signers opened other entropy than they had committed to.', {
      code: 'ecdsa/invalid-opening',
      fault: 'peer',
      hint: 'Use a presignature without the named parties.',
      culprits,
    });
  }
  const randomiser = scalarFromTranscript(record.curve, transcript);
  if (randomiser === 0n) throw invalidRequest('its randomiser is zero');
  return randomiser;
}

function childKey({ curve, rootKey }: PresignatureRecord, { id, digest, tweak }: SigningRequest): Point {
  if (id.length !== DIGEST_BYTES) throw invalidRequest('its id does not have 32 bytes');
  // As long as the order, so that an ECDSA verifier neither cuts nor fills it (FIPS 186-5 §6.4.1).
  const { messageDigestBytes } = parametersOf(curve);
  if (digest.length !== messageDigestBytes) {
    throw invalidRequest(`its message digest does not have ${messageDigestBytes} bytes`);
  }
  if (tweak !== modulo(curve, tweak)) throw invalidRequest('its tweak is not reduced');
  const child = curve.add(rootKey, curve.multiplyBasePublic(tweak));
  if (curve.isIdentity(child)) throw invalidRequest('its key is the identity');
  return child;
}

function invalidRequest(reason: string): ThresholdError {
  return new ThresholdError(`The request cannot be signed: ${reason}.`, {
    code: 'ecdsa/invalid-request',
    fault: 'caller',
    hint: 'Give 32 bytes of id, a message digest of 32 bytes (48 on P-384), and a tweak below the group order.',
  });
}
