import type { PartyIndex } from '@keymesh/foundation';
import { assertPartyIndex } from '../sharing/index.ts';
import type { BlsBackend, G1Point } from './backend.ts';
import type { VerifyingShares } from './partial-signature.ts';

/**
 * The verifying shares of all parties from the public commitments of a root key (`RootPublicKey.commitments`):
 * Σ indexᵏ · commitment[k]. Commitments are decoded at the first use, and each share is computed once.
 *
 * @param commitments compressed points of G1, constant term (the public key) first.
 */
export function verifyingSharesOf(backend: BlsBackend, commitments: readonly Uint8Array[]): VerifyingShares {
  let decoded: readonly G1Point[] | undefined;
  const known = new Map<PartyIndex, Uint8Array>();
  return (party) => {
    assertPartyIndex(party);
    const before = known.get(party);
    if (before !== undefined) return before;
    decoded ??= commitments.map((commitment) => backend.decodeG1(commitment));
    const powers = decoded.map((_, k) => BigInt(party) ** BigInt(k));
    const share = backend.encodeG1(backend.sumOfProductsG1(decoded, powers));
    known.set(party, share);
    return share;
  };
}
