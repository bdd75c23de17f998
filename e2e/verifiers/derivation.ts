import { expand_message_xmd, hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';

/** Numbers of the root keys on chain (docs/spec/network.md §2). */
const KIND = { secp256k1: 2, ed25519: 3, blsSessions: 4 } as const;
const SECP256K1_TAG = 'LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_';
const ED25519_TAG = 'LIT_HD_KEY_ID_ED25519_XMD:SHA-512_ELL2_RO_NUL_';
const ED25519_EXPANDED_BYTES = 64;

/** A minted key's public key for every scheme, in the scheme's encoding. */
export type PublicKeys = Readonly<
  Record<'SchnorrEd25519Sha512' | 'SchnorrK256Sha256' | 'SchnorrK256Taproot' | 'Bls12381', Uint8Array>
> & { readonly uncompressed: Uint8Array };

/** child = root + h(keyId)·G on each curve, by noble alone: none of the network's code. */
export function derivePublicKeys(roots: ReadonlyMap<number, Uint8Array>, keyId: Uint8Array): PublicKeys {
  const child = root(roots, KIND.secp256k1, (bytes) =>
    secp256k1.Point.fromBytes(bytes).add(secp256k1.Point.BASE.multiply(secp256k1Tweak(keyId))),
  );
  const edwards = root(roots, KIND.ed25519, (bytes) =>
    ed25519.Point.fromBytes(bytes).add(ed25519.Point.BASE.multiply(ed25519Tweak(keyId))),
  );
  return {
    uncompressed: child.toBytes(false),
    SchnorrK256Sha256: child.toBytes(true),
    SchnorrK256Taproot: child.toBytes(true).slice(1),
    SchnorrEd25519Sha512: edwards.toBytes(),
    Bls12381: root(roots, KIND.blsSessions, (bytes) => bytes),
  };
}

/** keccak256 of the 65 uncompressed bytes, as 0x and 64 digits. */
export function tokenIdOf(uncompressed: Uint8Array): string {
  return `0x${Buffer.from(keccak_256(uncompressed)).toString('hex')}`;
}

function root<T>(roots: ReadonlyMap<number, Uint8Array>, kind: number, use: (bytes: Uint8Array) => T): T {
  const bytes = roots.get(kind);
  if (bytes === undefined) throw new Error(`The chain has no root key of kind ${kind}.`);
  return use(bytes);
}

/** RFC 9380 §5.2 with m = 1 and k = 128. */
function secp256k1Tweak(keyId: Uint8Array): bigint {
  const options = {
    DST: SECP256K1_TAG,
    p: secp256k1.Point.Fn.ORDER,
    m: 1,
    k: 128,
    expand: 'xmd',
    hash: sha256,
  } as const;
  const [[tweak]] = hash_to_field(keyId, 1, options) as [[bigint]];
  return tweak;
}

/** As the reference does: 64 bytes, least significant first. */
function ed25519Tweak(keyId: Uint8Array): bigint {
  const expanded = expand_message_xmd(keyId, new TextEncoder().encode(ED25519_TAG), ED25519_EXPANDED_BYTES, sha512);
  const value = BigInt(`0x${Buffer.from(expanded).reverse().toString('hex')}`);
  return value % ed25519.Point.Fn.ORDER;
}
