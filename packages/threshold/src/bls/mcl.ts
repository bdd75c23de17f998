import type { RandomSource } from '@keymesh/foundation';
import {
  add,
  BLS12_381,
  Fr,
  finalExp,
  G1,
  G2,
  hashAndMapToG2,
  IRTF,
  init,
  millerLoop,
  mul,
  mulVec,
  neg,
  pairing,
  setETHserialization,
  setMapToMode,
  sub,
  verifyOrderG1,
  verifyOrderG2,
} from 'mcl-wasm';
import { ThresholdError } from '../errors.ts';
import {
  assertProducts,
  assertSecretScalar,
  type BlsBackend,
  G1_BYTES,
  G1_GENERATOR,
  type G1Point,
  G2_BYTES,
  type G2Point,
  GT_BYTES,
  invalidPoint,
  reduceSigned,
} from './backend.ts';

/** Bytes that are reduced to a blinding scalar: 128 bits more than the order has, so the bias is below 2^-128. */
const BLIND_BYTES = 48;
/** Length of one coefficient of GT. Bytes. */
const FP_BYTES = 48;

const wrap1 = (point: G1): G1Point => point as unknown as G1Point;
const wrap2 = (point: G2): G2Point => point as unknown as G2Point;
const open1 = (point: G1Point): G1 => point as unknown as G1;
const open2 = (point: G2Point): G2 => point as unknown as G2;

let loading: Promise<BlsBackend> | undefined;

/**
 * Starts `mcl-wasm` (WebAssembly inside the package, no file or network access; browsers and servers) and gives the
 * backend on it. Later calls give the same one.
 *
 * mcl multiplies in time that depends on the scalar. Secret scalars are therefore blinded additively: k·P is computed
 * as (k − b)·P + b·P with a fresh uniform b, so that neither multiplication alone depends on k. That hides k from one
 * who sees total times over many runs, not from one who separates the two multiplications within a run.
 *
 * mcl is one global machine: nothing else in the process may initialise it for another curve.
 *
 * @throws ThresholdError `bls/backend-unavailable` where WebAssembly is missing or forbidden (a page whose
 * Content-Security-Policy lacks 'wasm-unsafe-eval'); `nobleBls` works there.
 */
export function loadMclBls(): Promise<BlsBackend> {
  loading ??= start().catch((cause: unknown) => {
    loading = undefined;
    throw new ThresholdError('The WebAssembly BLS library could not be started.', {
      code: 'bls/backend-unavailable',
      fault: 'environment',
      hint: 'Allow WebAssembly, or use the noble backend.',
      cause,
    });
  });
  return loading;
}

async function start(): Promise<BlsBackend> {
  await init(BLS12_381);
  setETHserialization(true);
  setMapToMode(IRTF);
  verifyOrderG1(true);
  verifyOrderG2(true);
  return mclBls(decode(new G1(), G1_GENERATOR, G1_BYTES, 'G1'));
}

function mclBls(generator: G1): BlsBackend {
  const negatedGenerator = neg(generator);
  return {
    name: 'mcl',

    decodeG1: (bytes) => wrap1(decode(new G1(), bytes, G1_BYTES, 'G1')),
    decodeG2: (bytes) => wrap2(decode(new G2(), bytes, G2_BYTES, 'G2')),
    encodeG1(point) {
      if (open1(point).isZero()) throw invalidPoint('G1');
      return open1(point).serialize();
    },
    encodeG2(point) {
      if (open2(point).isZero()) throw invalidPoint('G2');
      return open2(point).serialize();
    },

    hashToG2: (message) => wrap2(hashAndMapToG2(message)),

    multiplyG1Base: (secret, random) => wrap1(multiplyBlinded(generator, secret, random)),
    multiplyG1: (point, secret, random) => wrap1(multiplyBlinded(open1(point), secret, random)),
    sign: (secret, message, random) => wrap2(multiplyBlinded(hashAndMapToG2(message), secret, random)),

    sumOfProductsG1: (points, scalars) => wrap1(sumOfProducts(points.map(open1), scalars)),
    sumOfProductsG2: (points, scalars) => wrap2(sumOfProducts(points.map(open2), scalars)),

    pairing(p, q) {
      if (open1(p).isZero()) throw invalidPoint('G1');
      if (open2(q).isZero()) throw invalidPoint('G2');
      return swapCoefficientPairs(pairing(open1(p), open2(q)).serialize());
    },
    verify(publicKey, message, signature) {
      if (open1(publicKey).isZero() || open2(signature).isZero()) return false;
      const left = millerLoop(negatedGenerator, open2(signature));
      const right = millerLoop(open1(publicKey), hashAndMapToG2(message));
      return finalExp(mul(left, right)).isOne();
    },
  };
}

function decode<P extends G1 | G2>(point: P, bytes: Uint8Array, length: number, group: 'G1' | 'G2'): P {
  if (bytes.length !== length) throw invalidPoint(group);
  try {
    point.deserialize(bytes);
  } catch (cause) {
    throw invalidPoint(group, cause);
  }
  if (point.isZero()) throw invalidPoint(group);
  return point;
}

function multiplyBlinded<P extends G1 | G2>(point: P, secret: Uint8Array, random: RandomSource): P {
  assertSecretScalar(secret);
  const scalar = new Fr();
  const blind = new Fr();
  const blindBytes = random(BLIND_BYTES);
  let rest: Fr | undefined;
  try {
    scalar.setBigEndianMod(secret);
    blind.setLittleEndianMod(blindBytes);
    rest = sub(scalar, blind);
    return add(multiply(point, rest), multiply(point, blind));
  } finally {
    blindBytes.fill(0);
    scalar.clear();
    blind.clear();
    rest?.clear();
  }
}

/** mcl's declaration of `mul` does not accept the union although its implementation does. */
function multiply<P extends G1 | G2>(point: P, scalar: Fr): P {
  return (point instanceof G1 ? mul(point, scalar) : mul(point as G2, scalar)) as P;
}

function sumOfProducts<P extends G1 | G2>(points: readonly P[], scalars: readonly bigint[]): P {
  assertProducts(points, scalars);
  const signed = scalars.map(reduceSigned);
  return mulVec(
    points.map((point, i) => (signed[i]?.negative ? neg(point) : point)),
    signed.map(({ magnitude }) => scalarOf(magnitude)),
  );
}

function scalarOf(magnitude: bigint): Fr {
  const scalar = new Fr();
  scalar.setStr(magnitude.toString(16), 16);
  return scalar;
}

/** mcl writes each Fp2 with its imaginary part first; the encoding of this package has the real part first. */
function swapCoefficientPairs(serialized: Uint8Array): Uint8Array {
  const out = new Uint8Array(GT_BYTES);
  for (let offset = 0; offset < GT_BYTES; offset += 2 * FP_BYTES) {
    out.set(serialized.subarray(offset + FP_BYTES, offset + 2 * FP_BYTES), offset);
    out.set(serialized.subarray(offset, offset + FP_BYTES), offset + FP_BYTES);
  }
  return out;
}
