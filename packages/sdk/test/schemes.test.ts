import { SecretBytes } from '@keymesh/foundation';
import { isSchemeOf, SCHEME_NAMES, SCHEMES } from '@keymesh/protocol/schemes';
import { nobleBls, partialSign } from '@keymesh/threshold/bls';
import { nobleCurves } from '@keymesh/threshold/curves';
import { frostSuites } from '@keymesh/threshold/frost';
import { ROOT_KEYS } from '@keymesh/threshold/public-key-package';
import { describe, expect, test } from 'vitest';
import { seededRandom } from './testnet/dealer.ts';

/** The protocol's table is data that cannot import what it describes; this compares the two. */
describe.each(SCHEME_NAMES)('what the table says of %s', (scheme) => {
  const entry = SCHEMES[scheme];
  const curve = nobleCurves[ROOT_KEYS[entry.root].curve];
  const publicKey = curve.encodePoint(curve.multiplyBasePublic(5n));

  if (isSchemeOf('frost', scheme)) {
    const suite = frostSuites[scheme];
    test('is what its suite does', () => {
      expect(suite.scheme).toBe(scheme);
      expect(curve.name).toBe(suite.curve);
      const signature = suite.encodeSignature(publicKey, curve.encodeScalar(5n));
      expect(entry).toMatchObject({
        derived: true,
        publicKeyBytes: suite.encodePublicKey(publicKey).length,
        signatureBytes: signature.length,
        shareBytes: curve.scalarBytes,
        commitmentBytes: curve.pointBytes,
        messageBytes: undefined,
      });
      expect(suite.signatureBytes).toBe(signature.length);
    });
  } else if (isSchemeOf('ecdsa', scheme)) {
    test('is ECDSA over its curve, with a digest as long as the order', () => {
      expect(entry).toMatchObject({
        derived: true,
        publicKeyEncoding: 'sec1-compressed',
        publicKeyBytes: publicKey.length,
        signatureBytes: 2 * curve.scalarBytes,
        shareBytes: curve.scalarBytes,
        commitmentBytes: 0,
        messageBytes: curve.scalarBytes,
      });
    });
  } else {
    test('is BLS with public keys in G1', () => {
      const share = new SecretBytes(curve.encodeScalar(5n));
      const { value: signature } = partialSign(nobleBls, 1, share, new Uint8Array(3), seededRandom('schemes'));
      expect(entry).toMatchObject({
        derived: false,
        publicKeyBytes: publicKey.length,
        signatureBytes: signature.length,
        shareBytes: signature.length,
        commitmentBytes: 0,
        messageBytes: undefined,
      });
    });
  }
});

test('every suite of FROST is in the table', () => {
  expect(SCHEME_NAMES.filter((name) => isSchemeOf('frost', name)).sort()).toEqual(Object.keys(frostSuites).sort());
});
