import { Reader, Writer } from '@keymesh/foundation';
import type { Curve, Point } from '../../curves/index.ts';
import { chooserMessageBytes, holderMessageBytes } from '../multiplication.ts';
import { DIGEST_BYTES, VERSION } from '../parameters.ts';

export const ROUND = { commit: 1, multiply: 2, publish: 3 } as const;

/** Lengths of the messages of rounds 1, 2, 3. Each round has exactly one. Bytes. */
export function messageLengths(curve: Curve): readonly number[] {
  return [
    1 + 2 * DIGEST_BYTES + chooserMessageBytes(curve),
    1 + 2 * DIGEST_BYTES + 3 * curve.pointBytes + curve.scalarBytes + holderMessageBytes(curve),
    1 + curve.scalarBytes + 2 * curve.pointBytes,
  ];
}

/** Round 1, to each other signer. */
export interface CommitMessage {
  /** Hash of the instance key; the same for all. */
  readonly instanceKeyHash: Uint8Array;
  /** Hash of the entropy; the same for all. */
  readonly entropyHash: Uint8Array;
  readonly chooser: Uint8Array;
}

/** Round 2, to each other signer. */
export interface MultiplyMessage {
  /** Digest of all hashes of round 1. */
  readonly seen: Uint8Array;
  /** R_i and the nonce that open the hash. */
  readonly instanceKey: Point;
  readonly opening: Uint8Array;
  /** ψ = φ_i − χ: turns the random factor of the multiplication into this signer's mask. */
  readonly correction: bigint;
  /** c · G of both products. */
  readonly productCommitments: readonly [Point, Point];
  readonly holder: Uint8Array;
}

/** Round 3, to all. */
export interface PublishMessage {
  readonly scale: bigint;
  readonly inverse: Point;
  readonly product: Point;
}

export function encodeCommit({ instanceKeyHash, entropyHash, chooser }: CommitMessage): Uint8Array {
  return new Writer().u8(VERSION).fixed(instanceKeyHash).fixed(entropyHash).fixed(chooser).finish();
}

/** @throws KeymeshError for bytes that no honest signer sends; likewise below. */
export function decodeCommit(curve: Curve, body: Uint8Array): CommitMessage {
  const reader = versioned(body);
  const instanceKeyHash = reader.fixed(DIGEST_BYTES);
  const entropyHash = reader.fixed(DIGEST_BYTES);
  return { instanceKeyHash, entropyHash, chooser: reader.fixed(chooserMessageBytes(curve)) };
}

export function encodeMultiply(curve: Curve, message: MultiplyMessage): Uint8Array {
  const [first, second] = message.productCommitments;
  return new Writer()
    .u8(VERSION)
    .fixed(message.seen)
    .fixed(curve.encodePoint(message.instanceKey))
    .fixed(message.opening)
    .fixed(curve.encodeScalar(message.correction))
    .fixed(curve.encodePoint(first))
    .fixed(curve.encodePoint(second))
    .fixed(message.holder)
    .finish();
}

export function decodeMultiply(curve: Curve, body: Uint8Array): MultiplyMessage {
  const reader = versioned(body);
  const point = (): Point => curve.decodePoint(reader.fixed(curve.pointBytes));
  return {
    seen: reader.fixed(DIGEST_BYTES),
    instanceKey: point(),
    opening: reader.fixed(DIGEST_BYTES),
    correction: curve.decodeScalar(reader.fixed(curve.scalarBytes)),
    productCommitments: [point(), point()],
    holder: reader.fixed(holderMessageBytes(curve)),
  };
}

export function encodePublish(curve: Curve, { scale, inverse, product }: PublishMessage): Uint8Array {
  return new Writer()
    .u8(VERSION)
    .fixed(curve.encodeScalar(scale))
    .fixed(curve.encodePoint(inverse))
    .fixed(curve.encodePoint(product))
    .finish();
}

export function decodePublish(curve: Curve, body: Uint8Array): PublishMessage {
  const reader = versioned(body);
  const scale = curve.decodeScalar(reader.fixed(curve.scalarBytes));
  const inverse = curve.decodePoint(reader.fixed(curve.pointBytes));
  return { scale, inverse, product: curve.decodePoint(reader.fixed(curve.pointBytes)) };
}

function versioned(body: Uint8Array): Reader {
  // Another version has another encoding: reading stops at once.
  return new Reader(body[0] === VERSION ? body.subarray(1) : new Uint8Array(0));
}
