import { concatBytes, type PartyIndex } from '@keymesh/foundation';
import type { Curve, Point } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { assertPartyIndex } from '../sharing/index.ts';
import type { NonceCommitment } from './signing-nonces.ts';

/** One signer's commitments, decoded and valid. */
export interface DecodedCommitment {
  readonly party: PartyIndex;
  readonly hiding: Point;
  readonly binding: Point;
}

/**
 * The signers of one signature with their commitments, ascending by party and validated. Decoding is the costly part
 * of signing, so a list is made once, at receipt, and serves signing, verifying and aggregating.
 */
export interface CommitmentList {
  readonly curve: Curve;
  readonly entries: readonly DecodedCommitment[];
  readonly signers: readonly PartyIndex[];
  /** The bytes from which it was decoded, in the same order. */
  readonly received: readonly NonceCommitment[];
  /** `encode_group_commitment_list` of RFC 9591 §4.3. */
  readonly encoded: Uint8Array;
}

/**
 * Validates the commitments that the coordinator sent (RFC 9591 §5.2): sorted, distinct, valid points.
 *
 * @throws ThresholdError `frost/invalid-commitment-list` if it is not strictly ascending by party;
 * `frost/invalid-commitment` naming every party whose points are invalid; `sharing/invalid-party`.
 */
export function decodeCommitments(curve: Curve, received: readonly NonceCommitment[]): CommitmentList {
  assertAscending(received);
  const entries: DecodedCommitment[] = [];
  const culprits: PartyIndex[] = [];
  for (const { party, hiding, binding } of received) {
    try {
      entries.push({ party, hiding: curve.decodePoint(hiding), binding: curve.decodePoint(binding) });
    } catch {
      culprits.push(party);
    }
  }
  if (culprits.length > 0) {
    throw new ThresholdError('Nonce commitments of some signers are not valid points.', {
      code: 'frost/invalid-commitment',
      fault: 'peer',
      hint: 'Sign again without the named parties.',
      culprits,
    });
  }
  const copies = received.map(({ party, hiding, binding }) => ({
    party,
    hiding: hiding.slice(),
    binding: binding.slice(),
  }));
  return {
    curve,
    entries,
    signers: copies.map(({ party }) => party),
    received: copies,
    encoded: concatBytes(
      ...copies.flatMap(({ party, hiding, binding }) => [curve.encodeScalar(BigInt(party)), hiding, binding]),
    ),
  };
}

function assertAscending(received: readonly NonceCommitment[]): void {
  let previous = 0;
  for (const { party } of received) {
    assertPartyIndex(party);
    if (party <= previous) {
      throw new ThresholdError('The nonce commitments are not in strictly ascending order of their parties.', {
        code: 'frost/invalid-commitment-list',
        fault: 'caller',
        hint: 'Sort them by party and keep one per party.',
        details: { party, previous },
      });
    }
    previous = party;
  }
}
