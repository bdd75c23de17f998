import { type PartyIndex, Transcript, utf8 } from '@keymesh/foundation';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Curves, modulo } from '../curves/index.ts';
import { type Root, rootsOf } from './roots.ts';

const KEY_DERIVATION_SALT = utf8('keymesh/dkg/v1/share-encryption');

/** Length of one receiver's encrypted shares: one scalar for each root key. Bytes. */
export function shareVectorBytes(curves: Curves): number {
  return rootsOf(curves).reduce((sum, { curve }) => sum + curve.scalarBytes, 0);
}

/** What one pair of parties encrypts with, in one direction. */
export interface ShareKey {
  readonly executionId: Uint8Array;
  readonly dealer: PartyIndex;
  readonly receiver: PartyIndex;
  /** Encoded round 1 keys. */
  readonly dealerKey: Uint8Array;
  readonly receiverKey: Uint8Array;
  /** Encoded Diffie–Hellman value of the two keys. SECRET unless a complaint revealed it. */
  readonly shared: Uint8Array;
}

/**
 * Encrypts or decrypts (it is its own inverse) a vector of shares with a one-time pad from HKDF-SHA256 (RFC 5869).
 *
 * A bare pad is enough: each pad is used once, because its key is bound to run, dealer and receiver and the keys live
 * for one run; and integrity comes from the commitments, against which every share is checked, and from the signed
 * broadcast. An authenticator would only add a second way of being wrong that complaints had to settle.
 */
export function applySharePad(curves: Curves, key: ShareKey, vector: Uint8Array): Uint8Array {
  const info = new Transcript('dkg/v1/share-key')
    .append('execution', key.executionId)
    .appendU32('dealer', key.dealer)
    .appendU32('receiver', key.receiver)
    .append('dealer key', key.dealerKey)
    .append('receiver key', key.receiverKey)
    .digest();
  const pad = hkdf(sha256, key.shared, KEY_DERIVATION_SALT, info, shareVectorBytes(curves));
  const out = vector.map((byte, i) => byte ^ (pad[i] as number));
  pad.fill(0);
  return out;
}

/** The shares for all roots, joined. SECRET. */
export function encodeShareVector(curves: Curves, shares: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(shareVectorBytes(curves));
  let offset = 0;
  for (const [i, { curve }] of rootsOf(curves).entries()) {
    const scalar = curve.encodeScalar(modulo(curve, shares[i] as bigint));
    out.set(scalar, offset);
    scalar.fill(0);
    offset += curve.scalarBytes;
  }
  return out;
}

/** The shares of a decrypted vector, or undefined when one is not a reduced scalar: the dealer's fault. */
export function decodeShareVector(curves: Curves, vector: Uint8Array): readonly bigint[] | undefined {
  const shares: bigint[] = [];
  let offset = 0;
  for (const root of rootsOf(curves)) {
    const share = decodeShare(root, vector.subarray(offset, offset + root.curve.scalarBytes));
    if (share === undefined) return undefined;
    shares.push(share);
    offset += root.curve.scalarBytes;
  }
  return shares;
}

function decodeShare({ curve }: Root, bytes: Uint8Array): bigint | undefined {
  try {
    return curve.decodeScalar(bytes);
  } catch {
    // Its only reason to throw is a scalar that is not below the order.
    return undefined;
  }
}
