import { bigintToBytes, concatBytes, toHex, utf8 } from '@keymesh/foundation';
import { unifiedCombineAndVerify } from '@lit-protocol/wasm';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import {
  aggregate,
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  type FrostSuite,
  frostSuites,
  frostTaproot,
  signShare,
} from '../../src/frost/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';

/**
 * The reference network's own client code combines and verifies our signature shares. It recomputes the binding
 * factors, so it accepts only if every hash of the suite agrees with it, including those that no RFC fixes.
 */
const TAGS: Record<FrostScheme, string> = {
  SchnorrEd25519Sha512: 'Ed25519Sha512',
  SchnorrK256Sha256: 'K256Sha256',
  SchnorrK256Taproot: 'K256Taproot',
  SchnorrP256Sha256: 'P256Sha256',
  SchnorrP384Sha384: 'P384Sha384',
  SchnorrRistretto25519Sha512: 'Ristretto25519Sha512',
  SchnorrEd448Shake256: 'Ed448Shake256',
  SchnorrRedJubjubBlake2b512: 'RedJubjubBlake2b512',
  SchnorrRedDecaf377Blake2b512: 'RedDecaf377Blake2b512',
  SchnorrkelSubstrate: 'SchnorrkelSubstrate',
};

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const parities = new Set<string>();

describe.each(Object.values<FrostSuite>(frostSuites))('$scheme against the reference client', (suite) => {
  const curve = nobleCurves[suite.curve];
  const tag = TAGS[suite.scheme];

  // Several seeds for Taproot, so that keys and group commitments of both parities of y occur.
  it.each(suite === frostTaproot ? [1, 2, 3, 4, 5, 6] : [1, 2])('is accepted (seed %i)', async (seed) => {
    const random = seededRandom(`reference ${suite.id} ${seed}`);
    const dealt = dealKey(curve, 3, random);
    const key = createGroupKey(curve, dealt.commitments, BigInt(seed));
    const message = random(40);
    const nonces = [1, 3, 4].map((party) => commit({ suite, curve, party, share: dealt.share(party), random }));
    const context = createSigningContext({
      suite,
      key,
      message,
      commitments: decodeCommitments(
        curve,
        nonces.map((made) => made.commitment),
      ),
    });
    const shares = nonces.map((made) => {
      const { party } = made.commitment;
      return { party, share: signShare(context, made, dealt.share(party)) };
    });
    const header = concatBytes(Uint8Array.of(0), bigintToBytes(BigInt(crc32(utf8(suite.id))), 4));
    const texts = shares.map(({ party, share }, i) => {
      const { hiding, binding } = nonces[i]!.commitment;
      return JSON.stringify({
        FrostSignedMessageShare: {
          message: toHex(message),
          result: 'success',
          share_id: JSON.stringify([tag, [...curve.encodeScalar(BigInt(party))]]),
          peer_id: `${party}`,
          signature_share: JSON.stringify([tag, toHex(share)]),
          signing_commitments: JSON.stringify([tag, toHex(concatBytes(header, hiding, binding))]),
          verifying_share: JSON.stringify([tag, toHex(curve.encodePoint(key.verifyingShare(party)))]),
          public_key: JSON.stringify([tag, toHex(key.encodedPublicKey)]),
          sig_type: suite.scheme,
        },
      });
    });
    const answer = JSON.parse(await unifiedCombineAndVerify(texts));
    expect(JSON.stringify(answer)).toContain(toHex(aggregate(context, shares)));
    if (suite === frostTaproot) parities.add(`key ${context.negatesKey}`).add(`nonce ${context.negatesNonces}`);

    // The control: it does verify.
    const otherMessage = texts.map((text) => text.replaceAll(toHex(message), toHex(random(40))));
    await expect(unifiedCombineAndVerify(otherMessage)).rejects.toBeDefined();
  });
});

it('saw keys and group commitments of both parities', () => {
  expect([...parities].sort()).toEqual(['key false', 'key true', 'nonce false', 'nonce true']);
});
