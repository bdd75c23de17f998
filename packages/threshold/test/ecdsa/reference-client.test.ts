import { toHex } from '@keymesh/foundation';
import { unifiedCombineAndVerify } from '@lit-protocol/wasm';
import { describe, expect, it } from 'vitest';
import { aggregate, type Presignature, signShare } from '../../src/ecdsa/index.ts';
import { committee, contextOf, curves, presign, requestOf, withKey } from './network.ts';

const members = committee(3, 4, 'reference');

/** The reference network's own client code combines our shares: it sums them, so they must be additive and share one R. */
describe.each([
  ['EcdsaK256Sha256', 'secp256k1'],
  ['EcdsaP256Sha256', 'p256'],
  ['EcdsaP384Sha384', 'p384'],
] as const)('%s against the reference client', (scheme, name) => {
  const of = { ...members, ...withKey(curves[name], 3, scheme) };
  it.each([1, 2, 3])('is accepted (seed %i)', async (seed) => {
    const signers = [1, 3, 4];
    const presignatures = presign(of, signers, { seed: `reference ${seed}` });
    const request = requestOf(`reference ${seed}`, BigInt(seed), of.curve);
    const context = contextOf(presignatures, request);
    const shares = signers.map((party) => ({
      party,
      share: signShare(context, presignatures.get(party) as Presignature),
    }));
    const publicKey = toHex(context.encodedPublicKey);
    const envelopes = shares.map(({ party, share }) =>
      JSON.stringify({
        EcdsaSignedMessageShare: {
          digest: toHex(request.digest),
          result: 'success',
          share_id: JSON.stringify(toHex(Uint8Array.of(party))),
          peer_id: String(party),
          signature_share: JSON.stringify(toHex(share)),
          big_r: JSON.stringify(toHex(context.encodedNonce)),
          compressed_public_key: JSON.stringify(publicKey),
          public_key: JSON.stringify(publicKey),
          sig_type: scheme,
        },
      }),
    );
    const combined: string = await unifiedCombineAndVerify(envelopes);
    const { r, s, recoveryId } = aggregate(context, shares);
    expect(combined.toLowerCase()).toContain(toHex(r));
    expect(combined.toLowerCase()).toContain(toHex(s));
    expect(JSON.parse(combined)).toMatchObject({ recovery_id: recoveryId });
  });
});
