import { sha256Of, toHex } from '@keymesh/foundation';
import { encodePublicKeyPackage, ROOT_KEY_NAMES, rootPublicKey } from '../../../src/public-key-package/index.ts';
import { Adversary } from '../adversary.ts';
import { outputsOf, run, setting } from '../network.ts';

/**
 * What one seeded run says on the wire and gives as its result, hashed where it is long. The randomness is that of
 * `seededRandom`, so the vector also fixes in which order a party draws.
 */
export function computeVector() {
  const of = setting(4, { participants: [1, 2, 4], seed: 'vector', executionId: sha256Of('vector execution') });
  const finished = run(of);
  const output = outputsOf(finished).get(1)!;
  const { executionId, partyCount, threshold, participants } = of;
  return {
    description: 'Key generation of 3 participants out of 4 members, threshold 3; parties draw from seededRandom.',
    executionId: toHex(executionId),
    partyCount,
    threshold,
    participants,
    messages: [...finished.sent].map(([key, body]) => ({
      from: Number(key.split(':')[0]),
      round: Number(key.split(':')[1]),
      bytes: body.length,
      sha256: toHex(sha256Of(body)),
    })),
    rootPublicKeys: Object.fromEntries(
      ROOT_KEY_NAMES.map((name) => [name, toHex(rootPublicKey(output.publicKeyPackage, name))]),
    ),
    publicKeyPackage: toHex(encodePublicKeyPackage(output.publicKeyPackage)),
    shares: [...outputsOf(finished)].map(([party, { shares }]) => ({
      party,
      ...Object.fromEntries(shares.map(({ name, share }) => [name, share.expose(toHex)])),
    })),
    transcriptDigest: toHex(output.transcriptDigest),
    resultHash: toHex(output.resultHash),
    complaint: complaintOf(new Adversary(of, finished)),
  };
}

function complaintOf(adversary: Adversary) {
  const { dealer, shared, proof } = adversary.complaint(1, 2);
  return { complainer: 1, dealer, shared: toHex(shared), proof: [proof.challenge, proof.response].map(String) };
}
