import { type PartyIndex, Reader, Transcript, utf8, Writer } from '@keymesh/foundation';
import type { Curve, Point } from '../../curves/index.ts';
import { PARTIES_MAX } from '../../sharing/index.ts';
import { malformedState } from '../errors.ts';
import { DIGEST_BYTES, VERSION } from '../parameters.ts';

/** What all signers of a presignature agreed on about one of them. */
export interface SignerCommitment {
  readonly party: PartyIndex;
  /** Hash of 32 random bytes that are opened when the presignature is used. */
  readonly entropy: Uint8Array;
  /** φ_i · R: the signer's share of the inverse nonce, times u. */
  readonly inverse: Point;
  /** v_i · R: the signer's share of key · inverse nonce, times u. */
  readonly product: Point;
}

/**
 * The public half of a presignature. With k the nonce, R = k·G and x the root secret:
 * Σ inverse = u·G and Σ product = u·x·G. Whoever has checked this can verify every signature share.
 */
export interface PresignatureRecord {
  readonly curve: Curve;
  readonly epochId: Uint8Array;
  readonly executionId: Uint8Array;
  /** 32 bytes over everything that led to it. */
  readonly transcript: Uint8Array;
  readonly rootKey: Point;
  /** R. */
  readonly nonce: Point;
  /** u = k · φ. Public: φ is random and nobody knows it. */
  readonly scale: bigint;
  /** Ascending by party. */
  readonly signers: readonly SignerCommitment[];
}

/** 32 bytes that name a presignature: a hash of its whole record. */
export function presignatureId(record: PresignatureRecord): Uint8Array {
  return new Transcript('ecdsa/v1/presignature').append('record', encodeRecord(record)).digest();
}

/** Whether the commitments add up to a presignature of the root key. */
export function isConsistent({ curve, scale, rootKey, signers }: PresignatureRecord): boolean {
  if (scale === 0n) return false;
  // Backends add many points faster at once than one by one, and know that one times a point is the point.
  const sum = (points: readonly Point[]): Point =>
    curve.sumOfProductsPublic(
      points,
      points.map(() => 1n),
    );
  return (
    curve.equals(sum(signers.map(({ inverse }) => inverse)), curve.multiplyBasePublic(scale)) &&
    curve.equals(sum(signers.map(({ product }) => product)), curve.multiplyPublic(rootKey, scale))
  );
}

export function encodeRecord(record: PresignatureRecord): Uint8Array {
  const { curve } = record;
  return new Writer()
    .u8(VERSION)
    .bytes(utf8(curve.name))
    .fixed(record.epochId)
    .fixed(record.executionId)
    .fixed(record.transcript)
    .fixed(curve.encodePoint(record.rootKey))
    .fixed(curve.encodePoint(record.nonce))
    .fixed(curve.encodeScalar(record.scale))
    .list(record.signers, (writer, { party, entropy, inverse, product }) =>
      writer.u16(party).fixed(entropy).fixed(curve.encodePoint(inverse)).fixed(curve.encodePoint(product)),
    )
    .finish();
}

/**
 * Reads a record of a source that need not be trusted: it is checked to be a presignature of its root key. That this is
 * the right root key, epoch and id is the caller's to compare.
 * @throws ThresholdError `ecdsa/malformed-state`.
 */
export function decodeRecord(curve: Curve, bytes: Uint8Array): PresignatureRecord {
  let record: PresignatureRecord;
  try {
    record = readRecord(curve, bytes);
  } catch {
    throw malformedState('the record of a presignature');
  }
  const ascending = record.signers.every(({ party }, i, all) => party > (all[i - 1]?.party ?? 0));
  if (!ascending || !isConsistent(record)) throw malformedState('the record of a presignature');
  return record;
}

function readRecord(curve: Curve, bytes: Uint8Array): PresignatureRecord {
  const reader = new Reader(bytes);
  const point = (): Point => curve.decodePoint(reader.fixed(curve.pointBytes));
  const version = reader.u8();
  const name = reader.bytes(DIGEST_BYTES);
  if (version !== VERSION || String.fromCharCode(...name) !== curve.name)
    throw malformedState('of this version and curve');
  const record = {
    curve,
    epochId: reader.fixed(DIGEST_BYTES),
    executionId: reader.fixed(DIGEST_BYTES),
    transcript: reader.fixed(DIGEST_BYTES),
    rootKey: point(),
    nonce: point(),
    scale: curve.decodeScalar(reader.fixed(curve.scalarBytes)),
    signers: reader.list(PARTIES_MAX, () => ({
      party: reader.u16(),
      entropy: reader.fixed(DIGEST_BYTES),
      inverse: point(),
      product: point(),
    })),
  };
  reader.end();
  return record;
}
