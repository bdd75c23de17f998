import type { Secp256k1 } from 'secp256k1/bindings.js';
import type { Curve, Point } from '../curve.ts';
import { invalidPoint, invalidScalar } from '../curve-errors.ts';
import { nobleCurves } from '../noble.ts';

const COORDINATE_BYTES = 32;
const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;
/** First byte of an uncompressed point (SEC 1 §2.3.3). */
const UNCOMPRESSED = 4;

/**
 * secp256k1 over libsecp256k1. A point is its 65 uncompressed bytes, because reading a compressed one costs a square
 * root; the identity, which libsecp256k1 cannot represent, is the empty array.
 *
 * Secret scalars go to `publicKeyCreate` and `ecdh`, which are constant-time in libsecp256k1. `publicKeyTweakMul` is
 * not, and is used for public scalars only.
 */
export function createLibsecp256k1Curve(secp256k1: Secp256k1): Curve {
  const { order, scalarBytes, encodeScalar, decodeScalar } = nobleCurves.secp256k1;
  const name = 'secp256k1';
  const wrap = (bytes: Uint8Array): Point => bytes as unknown as Point;
  const unwrap = (point: Point): Uint8Array => point as unknown as Uint8Array;
  const identity = new Uint8Array(0);
  const isIdentity = (bytes: Uint8Array): boolean => bytes.length === 0;
  const generator = secp256k1.publicKeyCreate(encodeScalar(1n), false);

  /** Runs `use` with the encoded secret, and wipes that copy. */
  const withSecret = (secret: bigint, use: (bytes: Uint8Array) => Uint8Array): Point => {
    if (secret <= 0n || secret >= order) throw invalidScalar(name);
    const bytes = encodeScalar(secret);
    try {
      return wrap(use(bytes));
    } finally {
      bytes.fill(0);
    }
  };
  const multiplyPublic = (point: Uint8Array, scalar: bigint): Uint8Array => {
    if (scalar < 0n || scalar >= order) throw invalidScalar(name);
    if (scalar === 0n || isIdentity(point)) return identity;
    return scalar === 1n ? point : secp256k1.publicKeyTweakMul(point, encodeScalar(scalar), false);
  };
  const add = (a: Uint8Array, b: Uint8Array): Uint8Array => {
    if (isIdentity(a)) return b;
    if (isIdentity(b)) return a;
    return sameX(a, b) && !same(a, b) ? identity : secp256k1.publicKeyCombine([a, b], false);
  };
  const sum = (points: readonly Uint8Array[]): Uint8Array => {
    const terms = points.filter((point) => !isIdentity(point));
    if (terms.length === 0) return identity;
    try {
      return secp256k1.publicKeyCombine(terms, false);
    } catch {
      // It refuses a sum that is the identity; adding in pairs says so without an exception.
      return terms.reduce(add, identity);
    }
  };

  return {
    name,
    backend: 'libsecp256k1',
    order,
    scalarBytes,
    pointBytes: COMPRESSED_BYTES,
    generator: wrap(generator),
    identity: wrap(identity),
    encodeScalar,
    decodeScalar,
    encodePoint(point) {
      if (isIdentity(unwrap(point))) throw invalidPoint(name);
      return secp256k1.publicKeyConvert(unwrap(point), true);
    },
    decodePoint(bytes) {
      if (bytes.length !== COMPRESSED_BYTES) throw invalidPoint(name);
      try {
        return wrap(secp256k1.publicKeyConvert(bytes, false));
      } catch (cause) {
        throw invalidPoint(name, cause);
      }
    },
    equals: (a, b) => same(unwrap(a), unwrap(b)),
    isIdentity: (point) => isIdentity(unwrap(point)),
    add: (a, b) => wrap(add(unwrap(a), unwrap(b))),
    negate: (point) => (isIdentity(unwrap(point)) ? point : wrap(secp256k1.publicKeyNegate(unwrap(point), false))),
    multiplyBase: (secret) => withSecret(secret, (bytes) => secp256k1.publicKeyCreate(bytes, false)),
    multiply: (point, secret) =>
      withSecret(secret, (bytes) => (isIdentity(unwrap(point)) ? identity : rawEcdh(secp256k1, unwrap(point), bytes))),
    multiplyPublic: (point, scalar) => wrap(multiplyPublic(unwrap(point), scalar)),
    multiplyBasePublic: (scalar) =>
      scalar === 0n ? wrap(identity) : withSecret(scalar, (bytes) => secp256k1.publicKeyCreate(bytes, false)),
    sumOfProductsPublic: (points, scalars) =>
      wrap(sum(points.map((point, i) => multiplyPublic(unwrap(point), scalars[i] as bigint)))),
  };
}

/** The whole product instead of its hash: the "hash" function just joins the coordinates. */
function rawEcdh(secp256k1: Secp256k1, point: Uint8Array, secret: Uint8Array): Uint8Array {
  const join = (x: Uint8Array, y: Uint8Array): Uint8Array => {
    const joined = new Uint8Array(UNCOMPRESSED_BYTES);
    joined[0] = UNCOMPRESSED;
    joined.set(x, 1);
    joined.set(y, 1 + COORDINATE_BYTES);
    return joined;
  };
  const buffers = { xbuf: new Uint8Array(COORDINATE_BYTES), ybuf: new Uint8Array(COORDINATE_BYTES) };
  return secp256k1.ecdh(point, secret, { hashfn: join, ...buffers }, new Uint8Array(UNCOMPRESSED_BYTES));
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function sameX(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 1; i <= COORDINATE_BYTES; i++) if (a[i] !== b[i]) return false;
  return true;
}
