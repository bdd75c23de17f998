import { createHash } from 'node:crypto';
import { type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import { nobleCurves } from '@keymesh/threshold/curves';
import {
  computeResultHash,
  type PublicKeyPackage,
  ROOT_KEY_NAMES,
  ROOT_KEYS,
  type RootKeyName,
} from '@keymesh/threshold/public-key-package';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '@keymesh/threshold/sharing';

/** A reproducible stream of bytes. */
export function seededRandom(seed: string): RandomSource {
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed}/${counter++}`).digest();
      out.set(block.subarray(0, length - offset), offset);
    }
    return out;
  };
}

/** What a key generation leaves behind, made by one dealer: only a test may know all of it. */
export interface DealtKeys {
  readonly publicKeyPackage: PublicKeyPackage;
  readonly executionId: Uint8Array;
  readonly transcriptDigest: Uint8Array;
  readonly resultHash: Uint8Array;
  share(party: PartyIndex, root: RootKeyName): SecretBytes;
  /** The root secret itself. */
  secret(root: RootKeyName): bigint;
}

/** Deals all root keys to n parties by Shamir's scheme. */
export function dealKeys(n: number, threshold: number, seed: string): DealtKeys {
  const random = seededRandom(`dealer/${seed}`);
  const polynomials = new Map(
    ROOT_KEY_NAMES.map((name) => [name, randomPolynomial(nobleCurves[ROOT_KEYS[name].curve], threshold, random)]),
  );
  const polynomial = (name: RootKeyName) => polynomials.get(name)!;
  const publicKeyPackage: PublicKeyPackage = {
    partyCount: n,
    threshold,
    roots: ROOT_KEY_NAMES.map((name) => {
      const curve = nobleCurves[ROOT_KEYS[name].curve];
      const commitments = commitToPolynomial(curve, polynomial(name)).map((point) => curve.encodePoint(point));
      return { name, commitments };
    }),
  };
  const executionId = random(32);
  const transcriptDigest = random(32);
  return {
    publicKeyPackage,
    executionId,
    transcriptDigest,
    resultHash: computeResultHash({ executionId, transcriptDigest, publicKeyPackage }),
    secret: (name) => polynomial(name)[0]!,
    share(party, name) {
      const curve = nobleCurves[ROOT_KEYS[name].curve];
      return new SecretBytes(curve.encodeScalar(evaluatePolynomial(curve, polynomial(name), party)));
    },
  };
}
