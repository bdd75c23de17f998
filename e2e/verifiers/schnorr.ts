import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { jubjub } from '@noble/curves/misc.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { DECAF377_BASE, DECAF377_ORDER, decodeDecaf377, isSameElement, littleEndian } from './decaf377.ts';
import { JUBJUB_BASE } from './derivation.ts';

export interface SchnorrSigned {
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
}

type Verifier = (signed: SchnorrSigned) => boolean;

/** Length of R in a signature of SEC 1 points: a sign byte and x. */
const halves = (signature: Uint8Array, pointBytes: number): [Uint8Array, Uint8Array] => [
  signature.subarray(0, pointBytes),
  signature.subarray(pointBytes),
];

/** The equation of RFC 9591 §6 over a curve of SEC 1: z·G = R + c·PK, c = hash_to_field(R ‖ PK ‖ message). */
function overSec1(
  curve: typeof secp256k1 | typeof p256 | typeof p384,
  options: { readonly id: string; readonly hash: typeof sha256 | typeof sha384; readonly k: number },
): Verifier {
  const { Point } = curve;
  const pointBytes = 1 + Point.Fp.BYTES;
  return ({ signature, publicKey, message }) => {
    if (signature.length !== pointBytes + Point.Fn.BYTES) return false;
    const [encodedR, encodedZ] = halves(signature, pointBytes);
    const z = BigInt(`0x${Buffer.from(encodedZ).toString('hex')}`);
    const [[challenge]] = hash_to_field(Buffer.concat([encodedR, publicKey, message]), 1, {
      ...{ DST: `${options.id}chal`, p: Point.Fn.ORDER, m: 1, k: options.k, expand: 'xmd', hash: options.hash },
    }) as [[bigint]];
    if (z >= Point.Fn.ORDER) return false;
    const right = Point.fromBytes(encodedR).add(Point.fromBytes(publicKey).multiply(challenge));
    return Point.BASE.multiply(z).equals(right);
  };
}

export const byFrostK256: Verifier = overSec1(secp256k1, { id: 'FROST-secp256k1-SHA256-v1', hash: sha256, k: 128 });
export const byFrostP256: Verifier = overSec1(p256, { id: 'FROST-P256-SHA256-v1', hash: sha256, k: 128 });
/** No RFC has this suite; the reference's name and hash lengths. */
export const byFrostP384: Verifier = overSec1(p384, { id: 'FROST-P384-SHA384-v1', hash: sha384, k: 192 });

/** RFC 9591 §6.2. */
export const byRistretto: Verifier = ({ signature, publicKey, message }) => {
  const { Point } = ristretto255;
  const [encodedR, encodedZ] = halves(signature, 32);
  const hashed = sha512(Buffer.concat([Buffer.from('FROST-RISTRETTO255-SHA512-v1chal'), encodedR, publicKey, message]));
  const z = littleEndian(encodedZ);
  if (signature.length !== 64 || z >= Point.Fn.ORDER) return false;
  const challenge = Point.Fn.create(littleEndian(hashed));
  return Point.BASE.multiply(z).equals(Point.fromBytes(encodedR).add(Point.fromBytes(publicKey).multiply(challenge)));
};

/** BLAKE2b-512 with the personalisation of a RedDSA instance, over R ‖ PK ‖ message. */
function redChallenge(personalization: string, { signature, publicKey, message }: SchnorrSigned): bigint {
  const data = Buffer.concat([signature.subarray(0, 32), publicKey, message]);
  return littleEndian(blake2b(data, { dkLen: 64, personalization: Buffer.from(personalization) }));
}

/** Zcash protocol §5.4.7, spend authorisation: noble's Jubjub, and the base point by its definition. */
export const byRedJubjub: Verifier = (signed) => {
  const [encodedR, encodedZ] = halves(signed.signature, 32);
  const { Point } = jubjub;
  const z = littleEndian(encodedZ);
  if (signed.signature.length !== 64 || z >= Point.Fn.ORDER) return false;
  const challenge = Point.Fn.create(redChallenge('Zcash_RedJubjubH', signed));
  const right = Point.fromBytes(encodedR).add(Point.fromBytes(signed.publicKey).multiply(challenge));
  return JUBJUB_BASE.multiply(z).subtract(right).clearCofactor().is0();
};

/** decaf377-rdsa of the Penumbra protocol, over this folder's own decoding. */
export const byRedDecaf377: Verifier = (signed) => {
  const [encodedR, encodedZ] = halves(signed.signature, 32);
  const z = littleEndian(encodedZ);
  if (signed.signature.length !== 64 || z >= DECAF377_ORDER) return false;
  const challenge = redChallenge('decaf377-rdsa---', signed) % DECAF377_ORDER;
  const right = decodeDecaf377(encodedR).add(decodeDecaf377(signed.publicKey).multiply(challenge));
  return isSameElement(DECAF377_BASE.multiply(z), right);
};
