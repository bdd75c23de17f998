import type { PublicKey, SecretKey, Signature } from '@chainsafe/blst';
import { ThresholdError } from '../../errors.ts';
import {
  assertProducts,
  assertSecretScalar,
  type BlsBackend,
  G1_BYTES,
  type G1Point,
  G2_BYTES,
  type G2Point,
  invalidPoint,
  SCALAR_BYTES,
} from '../backend.ts';
import { nobleBls } from '../noble.ts';

type Blst = typeof import('@chainsafe/blst');

/** The secret key 1: blst has no hash to G2, but a signature by 1 is just that. */
const ONE = new Uint8Array(SCALAR_BYTES).with(SCALAR_BYTES - 1, 1);

/**
 * Loads `@chainsafe/blst` (native, Node only, optional dependency). Its signing and its public keys run in constant
 * time; verification and hashing are the fastest available. It offers neither sums of products nor pairings nor G1
 * multiplication, which `rest` computes.
 *
 * @param rest the backend for what blst does not offer: `nobleBls` on nodes, which never pair; `loadMclBls()` for clients.
 * @throws ThresholdError `bls/backend-unavailable` if there is no prebuilt library for this platform.
 */
export async function loadNativeBls(rest: BlsBackend = nobleBls): Promise<BlsBackend> {
  let blst: Blst;
  try {
    const loaded = await import('@chainsafe/blst');
    blst = ('default' in loaded ? loaded.default : loaded) as Blst;
  } catch (cause) {
    throw new ThresholdError('The native BLS library could not be loaded.', {
      code: 'bls/backend-unavailable',
      fault: 'environment',
      hint: 'Install the optional dependency @chainsafe/blst, or use the noble or mcl backend.',
      cause,
    });
  }
  return nativeBls(blst, rest);
}

/**
 * A point as whichever of its forms was needed so far: blst's object, the bytes, the other backend's point. Each is
 * made from another one once.
 */
interface Forms<Native, Rest> {
  native?: Native;
  bytes?: Uint8Array;
  rest?: Rest;
}
type Forms1 = Forms<PublicKey, G1Point>;
type Forms2 = Forms<Signature, G2Point>;

const wrap1 = (forms: Forms1): G1Point => forms as unknown as G1Point;
const wrap2 = (forms: Forms2): G2Point => forms as unknown as G2Point;
const open1 = (point: G1Point): Forms1 => point as unknown as Forms1;
const open2 = (point: G2Point): Forms2 => point as unknown as Forms2;

function nativeBls(blst: Blst, rest: BlsBackend): BlsBackend {
  const identitySigner = blst.SecretKey.fromBytes(ONE);

  const bytes1 = (forms: Forms1): Uint8Array => {
    forms.bytes ??= forms.native?.toBytes(true) ?? rest.encodeG1(forms.rest as G1Point);
    return forms.bytes;
  };
  const bytes2 = (forms: Forms2): Uint8Array => {
    forms.bytes ??= forms.native?.toBytes(true) ?? rest.encodeG2(forms.rest as G2Point);
    return forms.bytes;
  };
  const rest1 = (forms: Forms1): G1Point => {
    forms.rest ??= rest.decodeG1(bytes1(forms));
    return forms.rest;
  };
  const rest2 = (forms: Forms2): G2Point => {
    forms.rest ??= rest.decodeG2(bytes2(forms));
    return forms.rest;
  };
  // Bytes that `rest` made are valid already, so they are not checked again.
  const native1 = (forms: Forms1): PublicKey => {
    forms.native ??= blst.PublicKey.fromBytes(bytes1(forms), false);
    return forms.native;
  };
  const native2 = (forms: Forms2): Signature => {
    forms.native ??= blst.Signature.fromBytes(bytes2(forms), false, false);
    return forms.native;
  };
  const secretKey = (secret: Uint8Array): SecretKey => {
    assertSecretScalar(secret);
    return blst.SecretKey.fromBytes(secret);
  };

  return {
    name: `blst+${rest.name}`,

    decodeG1: (bytes) =>
      wrap1(decode(bytes, G1_BYTES, 'G1', (copy) => ({ bytes: copy, native: blst.PublicKey.fromBytes(copy, true) }))),
    decodeG2: (bytes) =>
      wrap2(
        decode(bytes, G2_BYTES, 'G2', (copy) => ({ bytes: copy, native: blst.Signature.fromBytes(copy, true, true) })),
      ),
    encodeG1: (point) => bytes1(open1(point)).slice(),
    encodeG2: (point) => bytes2(open2(point)).slice(),

    hashToG2: (message) => wrap2({ native: identitySigner.sign(message) }),

    multiplyG1Base: (secret) => wrap1({ native: secretKey(secret).toPublicKey() }),
    multiplyG1: (point, secret, random) => wrap1({ rest: rest.multiplyG1(rest1(open1(point)), secret, random) }),
    sign: (secret, message) => wrap2({ native: secretKey(secret).sign(message) }),

    sumOfProductsG1(points, scalars) {
      assertProducts(points, scalars);
      const inRest = points.map((point) => rest1(open1(point)));
      return wrap1({ rest: rest.sumOfProductsG1(inRest, scalars) });
    },
    sumOfProductsG2(points, scalars) {
      assertProducts(points, scalars);
      const inRest = points.map((point) => rest2(open2(point)));
      return wrap2({ rest: rest.sumOfProductsG2(inRest, scalars) });
    },

    pairing: (p, q) => rest.pairing(rest1(open1(p)), rest2(open2(q))),
    verify(publicKey, message, signature) {
      try {
        // Both points come from a decoder or from sums of decoded points: only the identity is left to refuse,
        // and encoding it throws.
        return blst.verify(message, native1(open1(publicKey)), native2(open2(signature)), false, false);
      } catch (cause) {
        if (cause instanceof ThresholdError && cause.code === 'curve/invalid-point') return false;
        throw cause;
      }
    },
  };
}

function decode<F>(bytes: Uint8Array, length: number, group: 'G1' | 'G2', make: (copy: Uint8Array) => F): F {
  // blst also reads the uncompressed form, which is not canonical here.
  if (bytes.length !== length) throw invalidPoint(group);
  try {
    return make(bytes.slice());
  } catch (cause) {
    throw invalidPoint(group, cause);
  }
}
