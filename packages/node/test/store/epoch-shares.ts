import { SecretBytes } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '@keymesh/threshold';
import { nobleCurves } from '@keymesh/threshold/curves';
import type { EpochShares } from '../../src/epochs/epoch-shares.ts';
import { ShareSealer } from '../../src/store/share-sealer.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';

/** A text that makes a share easy to find where it must not be. */
export const MARKER = 'A-SHARE-IN-CLEAR';

export function executionId(attempt: number): Uint8Array {
  const id = new Uint8Array(32).fill(0xe0);
  new DataView(id.buffer).setUint32(28, attempt);
  return id;
}

const ROOTS = ROOT_KEY_NAMES.map((name) => {
  const curve = nobleCurves[ROOT_KEYS[name].curve];
  return { name, commitments: [5n, 7n, 11n].map((scalar) => curve.encodePoint(curve.multiplyBasePublic(scalar))) };
});

/** Shares that are nobody's, but of the right form; they differ from attempt to attempt. */
export function sharesOf(attempt: number, resultByte = attempt & 0xff): EpochShares {
  return {
    epoch: 1,
    attempt,
    executionId: executionId(attempt),
    self: 2,
    resultHash: new Uint8Array(32).fill(resultByte),
    transcriptDigest: new Uint8Array(32).fill(3),
    publicKeyPackage: { partyCount: 4, threshold: 3, roots: ROOTS },
    shares: ROOT_KEY_NAMES.map((name, i) => ({
      name,
      share: new SecretBytes(Uint8Array.from(Buffer.from(`${MARKER}${`${attempt}.${i}`.padStart(16, '-')}`))),
    })),
  };
}

/** Shares as something that can be compared. */
export function legible(shares: EpochShares): unknown {
  return {
    ...shares,
    shares: shares.shares.map(({ name, share }) => [name, share.expose((bytes) => Buffer.from(bytes).toString())]),
  };
}

export function sealerOf(keyByte: number): ShareSealer {
  return new ShareSealer(new SecretBytes(new Uint8Array(32).fill(keyByte)), { random: seededRandom(keyByte) });
}
