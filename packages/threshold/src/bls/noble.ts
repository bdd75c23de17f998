import { bytesToBigint, utf8 } from '@keymesh/foundation';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import {
  assertProducts,
  assertSecretScalar,
  BLS_DST,
  type BlsBackend,
  G1_BYTES,
  type G1Point,
  G2_BYTES,
  type G2Point,
  invalidPoint,
  reduceSigned,
} from './backend.ts';

const { fields, G1, G2 } = bls12_381;
type NobleG1 = InstanceType<typeof G1.Point>;
type NobleG2 = InstanceType<typeof G2.Point>;

const HASH_OPTIONS = { DST: utf8(BLS_DST) };

/** The opaque types of the interface are noble's points here; nothing else is ever put behind them. */
const wrap1 = (point: NobleG1): G1Point => point as unknown as G1Point;
const wrap2 = (point: NobleG2): G2Point => point as unknown as G2Point;
const open1 = (point: G1Point): NobleG1 => point as unknown as NobleG1;
const open2 = (point: G2Point): NobleG2 => point as unknown as NobleG2;

/**
 * The readable reference: `@noble/curves`, in every JavaScript runtime. Its arithmetic is `bigint` and therefore not
 * constant-time, although `multiply` runs the same operations for every scalar.
 */
export const nobleBls: BlsBackend = {
  name: 'noble',

  decodeG1(bytes) {
    return wrap1(decode(G1.Point, bytes, G1_BYTES, 'G1'));
  },
  decodeG2(bytes) {
    return wrap2(decode(G2.Point, bytes, G2_BYTES, 'G2'));
  },
  encodeG1(point) {
    if (open1(point).is0()) throw invalidPoint('G1');
    return open1(point).toBytes(true);
  },
  encodeG2(point) {
    if (open2(point).is0()) throw invalidPoint('G2');
    return open2(point).toBytes(true);
  },

  hashToG2(message) {
    return wrap2(hash(message));
  },

  multiplyG1Base(secret) {
    assertSecretScalar(secret);
    return wrap1(G1.Point.BASE.multiply(bytesToBigint(secret)));
  },
  multiplyG1(point, secret) {
    assertSecretScalar(secret);
    return wrap1(open1(point).multiply(bytesToBigint(secret)));
  },
  sign(secret, message) {
    assertSecretScalar(secret);
    return wrap2(hash(message).multiply(bytesToBigint(secret)));
  },

  sumOfProductsG1(points, scalars) {
    assertProducts(points, scalars);
    return wrap1(sumOfProducts(G1.Point.ZERO, points.map(open1), scalars));
  },
  sumOfProductsG2(points, scalars) {
    assertProducts(points, scalars);
    return wrap2(sumOfProducts(G2.Point.ZERO, points.map(open2), scalars));
  },

  pairing(p, q) {
    if (open1(p).is0()) throw invalidPoint('G1');
    if (open2(q).is0()) throw invalidPoint('G2');
    return fields.Fp12.toBytes(bls12_381.pairing(open1(p), open2(q)));
  },
  verify(publicKey, message, signature) {
    if (open1(publicKey).is0() || open2(signature).is0()) return false;
    const product = bls12_381.pairingBatch([
      { g1: G1.Point.BASE.negate(), g2: open2(signature) },
      { g1: open1(publicKey), g2: hash(message) },
    ]);
    return fields.Fp12.eql(product, fields.Fp12.ONE);
  },
};

function hash(message: Uint8Array): NobleG2 {
  return G2.hashToCurve(message, HASH_OPTIONS) as NobleG2;
}

interface Decoder<P> {
  fromBytes(bytes: Uint8Array): P;
}

function decode<P extends { is0(): boolean }>(
  group: Decoder<P>,
  bytes: Uint8Array,
  length: number,
  name: 'G1' | 'G2',
): P {
  // noble also reads the uncompressed form, which is not canonical here.
  if (bytes.length !== length) throw invalidPoint(name);
  try {
    // Checks the curve equation and the subgroup as well.
    const point = group.fromBytes(bytes);
    if (!point.is0()) return point;
  } catch (cause) {
    throw invalidPoint(name, cause);
  }
  throw invalidPoint(name);
}

function sumOfProducts<P extends { add(other: P): P; negate(): P; multiplyUnsafe(scalar: bigint): P }>(
  zero: P,
  points: readonly P[],
  scalars: readonly bigint[],
): P {
  return points.reduce((sum, point, i) => {
    const { negative, magnitude } = reduceSigned(scalars[i] as bigint);
    const product = point.multiplyUnsafe(magnitude);
    return sum.add(negative ? product.negate() : product);
  }, zero);
}
