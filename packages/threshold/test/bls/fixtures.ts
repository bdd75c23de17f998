import { createHash } from 'node:crypto';
import { bigintToBytes, bytesToBigint, type RandomSource, SecretBytes } from '@keymesh/foundation';
import {
  BLS_ORDER,
  type BlsBackend,
  nobleBls,
  type PartialSignature,
  partialSign,
  verifyingSharesOf,
} from '@keymesh/threshold/bls';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import { loadNativeBls } from '@keymesh/threshold/bls-native';

/** Every backend and combination that a package of ours may run with. */
export const BACKENDS: readonly { readonly name: string; readonly load: () => Promise<BlsBackend> }[] = [
  { name: 'noble', load: async () => nobleBls },
  { name: 'mcl', load: loadMclBls },
  { name: 'blst+noble', load: () => loadNativeBls() },
  { name: 'blst+mcl', load: async () => loadNativeBls(await loadMclBls()) },
];

/** Reproducible bytes: SHA-256 of the seed and a counter. */
export function seededRandom(seed: string): RandomSource {
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed}/${counter++}`).digest();
      out.set(block.subarray(0, Math.min(32, length - offset)), offset);
    }
    return out;
  };
}

export function scalarBytes(scalar: bigint): Uint8Array {
  return bigintToBytes(scalar, 32);
}

export interface TestKey {
  readonly secret: bigint;
  readonly publicKey: Uint8Array;
  readonly commitments: readonly Uint8Array[];
  readonly threshold: number;
  share(party: number): SecretBytes;
  sign(backend: BlsBackend, parties: readonly number[], message: Uint8Array): PartialSignature[];
}

/** A shared key by a dealer: for tests only. */
export function dealKey(threshold: number, seed: string): TestKey {
  const random = seededRandom(seed);
  const coefficients = Array.from({ length: threshold }, () => bytesToBigint(random(48)) % BLS_ORDER);
  const share = (party: number) =>
    new SecretBytes(scalarBytes(coefficients.reduceRight((sum, c) => (sum * BigInt(party) + c) % BLS_ORDER, 0n)));
  const commitments = coefficients.map((c) => nobleBls.encodeG1(nobleBls.multiplyG1Base(scalarBytes(c), random)));
  return {
    secret: coefficients[0] as bigint,
    publicKey: commitments[0] as Uint8Array,
    commitments,
    threshold,
    share,
    sign: (backend, parties, message) =>
      parties.map((party) => partialSign(backend, party, share(party), message, random)),
  };
}

export const verifyingSharesFor = (backend: BlsBackend, key: TestKey) => verifyingSharesOf(backend, key.commitments);
