import { toHex } from '@keymesh/foundation';
import { getPublicKey, secretFromSeed, sign, verify } from '@scure/sr25519';
import { expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { aggregate, frostSchnorrkel, verifySignature } from '../../src/frost/index.ts';
import { runSigning } from './signing-run.ts';

const suite = frostSchnorrkel;
const curve = nobleCurves.ristretto255;
const message = new Uint8Array([1, 2, 3]);

it('marks its signatures as those of schnorrkel, and takes no others', () => {
  const run = runSigning({ suite, curve, message, threshold: 2, signers: [1, 3], seed: 'mark' });
  const signature = aggregate(run.context, run.shares);
  expect(signature[63]! & 0x80).toBe(0x80);
  const unmarked = signature.slice();
  unmarked[63]! &= 0x7f;
  expect(verifySignature(suite, curve, run.key.encodedPublicKey, message, unmarked)).toBe(false);
  expect(toHex(suite.decodeResponse(signature.slice(32)))).toBe(toHex(unmarked.slice(32)));
});

it('verifies what an sr25519 wallet signs', () => {
  const secret = secretFromSeed(new Uint8Array(32).fill(5));
  const publicKey = getPublicKey(secret);
  const signature = sign(secret, message);
  expect(verify(message, signature, publicKey)).toBe(true);
  expect(verifySignature(suite, curve, publicKey, message, signature)).toBe(true);
  expect(verifySignature(suite, curve, publicKey, new Uint8Array([1, 2, 4]), signature)).toBe(false);
});
