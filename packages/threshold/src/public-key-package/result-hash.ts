import { Transcript } from '@keymesh/foundation';
import type { PublicKeyPackage } from '../root-keys.ts';
import { encodePublicKeyPackage } from './encoding.ts';

export interface Result {
  /** 32 bytes. */
  readonly executionId: Uint8Array;
  /** 32 bytes. */
  readonly transcriptDigest: Uint8Array;
  readonly publicKeyPackage: PublicKeyPackage;
}

/**
 * The 32 bytes that members vote on chain, and against which a client checks a package that any node gave it
 * (docs/spec/network.md §4).
 * @throws ThresholdError `package/malformed`.
 */
export function computeResultHash({ executionId, transcriptDigest, publicKeyPackage }: Result): Uint8Array {
  return new Transcript('dkg/v1/result')
    .append('execution', executionId)
    .append('transcript', transcriptDigest)
    .append('package', encodePublicKeyPackage(publicKeyPackage))
    .digest();
}
