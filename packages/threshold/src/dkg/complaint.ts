import type { PartyIndex } from '@keymesh/foundation';
import type { Point } from '../curves/index.ts';
import { verifyPolynomialShare } from '../sharing/index.ts';
import type { Commitments } from './dealing.ts';
import type { Complaint } from './messages.ts';
import type { EncryptionKey, EncryptionKeys } from './pairwise-keys.ts';
import { proveEquality, verifyEquality } from './proofs/equality.ts';
import { encryptionCurve, rootsOf } from './roots.ts';
import { applySharePad, decodeShareVector } from './share-encryption.ts';
import type { Conviction, KeyGenerationParameters } from './types.ts';

/** A dealing that passed the public checks, and where to find each participant's encrypted shares in it. */
export interface PublishedDealing {
  readonly commitments: Commitments;
  readonly vectorFor: (receiver: PartyIndex) => Uint8Array;
}

/**
 * Complains about a dealer: reveals the Diffie–Hellman value of the pair, so that all can decrypt, with a proof that it
 * is the right one.
 * @param secret of this party's round 1 key. SECRET.
 */
export function makeComplaint(
  parameters: KeyGenerationParameters,
  keys: EncryptionKeys,
  secret: bigint,
  dealer: PartyIndex,
): Complaint {
  const { executionId, self, curves, random } = parameters;
  const curve = encryptionCurve(curves);
  const proverKey = (keys.get(self) as EncryptionKey).point;
  const peerKey = (keys.get(dealer) as EncryptionKey).point;
  const shared = curve.multiply(peerKey, secret);
  const statement = { executionId, prover: self, peer: dealer, curve, proverKey, peerKey, shared };
  return { dealer, shared: curve.encodePoint(shared), proof: proveEquality(statement, secret, random) };
}

/**
 * Decides a complaint from what was broadcast. Somebody is always convicted: the dealer if a share that it sent is
 * wrong, else the complainer.
 * @param complainer has a valid round 1 key.
 * @param dealings of all dealers that passed the public checks.
 */
export function judgeComplaint(
  parameters: KeyGenerationParameters,
  keys: EncryptionKeys,
  dealings: ReadonlyMap<PartyIndex, PublishedDealing>,
  complainer: PartyIndex,
  complaint: Complaint,
): Conviction {
  const { executionId, curves } = parameters;
  const { dealer } = complaint;
  const dealing = dealings.get(dealer);
  const complainerKey = keys.get(complainer) as EncryptionKey;
  const dealerKey = keys.get(dealer);
  if (
    dealing === undefined ||
    dealerKey === undefined ||
    dealer === complainer ||
    !proves(parameters, keys, complainer, complaint)
  ) {
    return { party: complainer, reason: 'false-complaint' };
  }
  const vector = applySharePad(
    curves,
    {
      executionId,
      dealer,
      receiver: complainer,
      dealerKey: dealerKey.encoded,
      receiverKey: complainerKey.encoded,
      shared: complaint.shared,
    },
    dealing.vectorFor(complainer),
  );
  return areSharesRight(parameters, dealing.commitments, complainer, vector)
    ? { party: complainer, reason: 'false-complaint' }
    : { party: dealer, reason: 'bad-share' };
}

function proves(
  { executionId, curves }: KeyGenerationParameters,
  keys: EncryptionKeys,
  complainer: PartyIndex,
  complaint: Complaint,
): boolean {
  const curve = encryptionCurve(curves);
  let shared: Point;
  try {
    shared = curve.decodePoint(complaint.shared);
  } catch {
    return false;
  }
  const proverKey = (keys.get(complainer) as EncryptionKey).point;
  const peerKey = (keys.get(complaint.dealer) as EncryptionKey).point;
  const statement = { executionId, prover: complainer, peer: complaint.dealer, curve, proverKey, peerKey, shared };
  return verifyEquality(statement, complaint.proof);
}

function areSharesRight(
  { curves }: KeyGenerationParameters,
  commitments: Commitments,
  receiver: PartyIndex,
  vector: Uint8Array,
): boolean {
  const shares = decodeShareVector(curves, vector);
  return (
    shares !== undefined &&
    rootsOf(curves).every(({ curve }, i) =>
      verifyPolynomialShare(curve, commitments[i] as readonly Point[], receiver, shares[i] as bigint),
    )
  );
}
