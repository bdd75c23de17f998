import { concatBytes, type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import type { Curve } from '../curves/index.ts';
import { assertPartyIndex } from '../sharing/index.ts';
import { SigningNonces } from './signing-nonces.ts';
import type { FrostSuite } from './suite.ts';

/** Fresh bytes in each nonce (RFC 9591 §4.1). */
const NONCE_RANDOM_BYTES = 32;

export interface CommitParameters {
  readonly suite: FrostSuite;
  readonly curve: Curve;
  readonly party: PartyIndex;
  /** The signer's share of the root key, encoded. It hedges against a weak random source. */
  readonly share: SecretBytes;
  readonly random: RandomSource;
}

/**
 * Round 1 of FROST: `commit` of RFC 9591 §5.1. Does not depend on the message or on a tweak, so it may run ahead.
 * @throws ThresholdError `sharing/invalid-party`.
 */
export function commit({ suite, curve, party, share, random }: CommitParameters): SigningNonces {
  assertPartyIndex(party);
  const hiding = generateNonce(suite, share, random);
  const binding = generateNonce(suite, share, random);
  const encodeSecret = (scalar: bigint): SecretBytes => new SecretBytes(curve.encodeScalar(scalar));
  return new SigningNonces(
    {
      party,
      hiding: curve.encodePoint(curve.multiplyBase(hiding)),
      binding: curve.encodePoint(curve.multiplyBase(binding)),
    },
    { hiding: encodeSecret(hiding), binding: encodeSecret(binding) },
  );
}

/** `nonce_generate` of RFC 9591 §4.1. */
function generateNonce(suite: FrostSuite, share: SecretBytes, random: RandomSource): bigint {
  const fresh = random(NONCE_RANDOM_BYTES);
  const input = share.expose((secret) => concatBytes(fresh, secret));
  fresh.fill(0);
  try {
    return suite.hashToNonce(input);
  } finally {
    input.fill(0);
  }
}
