import { concatBytes, fromHex, type RandomSource, SecretBytes, toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { type Curve, nobleCurves } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import {
  aggregate,
  commit,
  computeBindingFactors,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostSuite,
  frostEd448,
  frostEd25519,
  frostP256,
  frostRistretto255,
  frostSecp256k1,
  frostTaproot,
  type SigningNonces,
  signShare,
  verifyShare,
  verifySignature,
} from '../../src/frost/index.ts';
import { fieldHashes } from '../../src/frost/suites/field-hashes.ts';
import { SECP256K1_HASH } from '../../src/frost/suites/secp256k1-hash.ts';
import { commitToPolynomial, evaluatePolynomial } from '../../src/sharing/index.ts';
import ed448 from './vectors/rfc9591-ed448.json' with { type: 'json' };
import ed25519 from './vectors/rfc9591-ed25519.json' with { type: 'json' };
import p256 from './vectors/rfc9591-p256.json' with { type: 'json' };
import ristretto255 from './vectors/rfc9591-ristretto255.json' with { type: 'json' };
import secp256k1 from './vectors/rfc9591-secp256k1.json' with { type: 'json' };
import zcashTaproot from './vectors/zcash-secp256k1-tr.json' with { type: 'json' };

/** The taproot suite under the context string of Zcash's, so that our core meets somebody else's numbers. */
const zcashSuite: FrostSuite = {
  ...frostTaproot,
  ...fieldHashes(SECP256K1_HASH, 'FROST-secp256k1-SHA256-TR-v1'),
  prepareMessage: (message) => message,
};

const native = await loadNativeCurves();

const cases = [
  { suite: frostEd25519, vector: ed25519, implementations: [nobleCurves.ed25519, native.ed25519] },
  { suite: frostSecp256k1, vector: secp256k1, implementations: [nobleCurves.secp256k1, native.secp256k1] },
  { suite: frostP256, vector: p256, implementations: [nobleCurves.p256] },
  { suite: frostRistretto255, vector: ristretto255, implementations: [nobleCurves.ristretto255] },
  { suite: frostEd448, vector: ed448, implementations: [nobleCurves.ed448] },
  { suite: zcashSuite, vector: zcashTaproot, implementations: [nobleCurves.secp256k1, native.secp256k1] },
].flatMap(({ implementations, ...rest }) => implementations.map((curve) => ({ ...rest, curve })));

/** Gives out the prepared byte strings in turn. */
function scripted(...parts: string[]): RandomSource {
  const rest = parts.map(fromHex);
  return (length) => {
    const next = rest.shift();
    if (next?.length !== length) throw new Error('the script has no such bytes');
    return next;
  };
}

function polynomialOf(curve: Curve, vector: typeof ed25519): readonly bigint[] {
  return [vector.inputs.group_secret_key, ...vector.inputs.share_polynomial_coefficients].map((hex) =>
    curve.decodeScalar(fromHex(hex)),
  );
}

describe.each(cases)(
  'FROST vectors: $vector.config.name over $curve.backend ($suite.id)',
  ({ suite, vector, curve }) => {
    const polynomial = polynomialOf(curve, vector);
    const key = createGroupKey(curve, commitToPolynomial(curve, polynomial));
    const message = fromHex(vector.inputs.message);
    const shareOf = (party: number) => curve.encodeScalar(evaluatePolynomial(curve, polynomial, party));

    // Round 1 from the randomness of the vector.
    const nonces = (): SigningNonces[] =>
      vector.round_one_outputs.outputs.map((output) => {
        const random = scripted(output.hiding_nonce_randomness, output.binding_nonce_randomness);
        return commit({
          suite,
          curve,
          party: output.identifier,
          share: new SecretBytes(shareOf(output.identifier)),
          random,
        });
      });

    it('shares the group key', () => {
      expect(toHex(key.encodedPublicKey)).toBe(vector.inputs.verifying_key_key);
      for (const { identifier, participant_share } of vector.inputs.participant_shares) {
        expect(toHex(shareOf(identifier))).toBe(participant_share);
      }
    });

    it('commits in round 1', () => {
      nonces().forEach((made, i) => {
        const expected = vector.round_one_outputs.outputs[i]!;
        expect(toHex(made.commitment.hiding)).toBe(expected.hiding_nonce_commitment);
        expect(toHex(made.commitment.binding)).toBe(expected.binding_nonce_commitment);
        made.spend((pair) => {
          pair.hiding.expose((bytes) => expect(toHex(bytes)).toBe(expected.hiding_nonce));
          pair.binding.expose((bytes) => expect(toHex(bytes)).toBe(expected.binding_nonce));
        });
      });
    });

    it('computes binding factors', () => {
      const list = decodeCommitments(
        curve,
        nonces().map((made) => made.commitment),
      );
      const factors = computeBindingFactors(suite, key.encodedPublicKey, list, message);
      const prefix = concatBytes(
        key.encodedPublicKey,
        suite.hashMessage(message),
        suite.hashCommitmentList(list.encoded),
      );
      vector.round_one_outputs.outputs.forEach((output, i) => {
        expect(toHex(concatBytes(prefix, curve.encodeScalar(BigInt(output.identifier))))).toBe(
          output.binding_factor_input,
        );
        expect(toHex(curve.encodeScalar(factors[i]!))).toBe(output.binding_factor);
      });
    });

    it('signs in round 2 and aggregates', () => {
      const made = nonces();
      const commitments = decodeCommitments(
        curve,
        made.map((own) => own.commitment),
      );
      const context = createSigningContext({ suite, key, commitments, message });
      const shares = made.map((own) => {
        const { party } = own.commitment;
        return { party, share: signShare(context, own, new SecretBytes(shareOf(party))) };
      });
      vector.round_two_outputs.outputs.forEach((output, i) => {
        expect(toHex(shares[i]!.share)).toBe(output.sig_share);
        expect(verifyShare(context, output.identifier, fromHex(output.sig_share))).toBe(true);
      });
      const signature = aggregate(context, shares, { verifyShares: 'always' });
      expect(toHex(signature)).toBe(vector.final_output.sig);
      expect(verifySignature(suite, curve, key.encodedPublicKey, message, signature)).toBe(true);
    });
  },
);
