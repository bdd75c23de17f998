import type { Mutant } from './mutant.ts';

const scheme = 'FROST';
const tests = ['frost/signing'];
const vectors = ['frost/rfc9591-vectors'];

export const frostMutants: readonly Mutant[] = [
  {
    name: 'nonces without fresh randomness',
    scheme,
    kind: 'reuse',
    file: 'frost/commit.ts',
    edits: [
      {
        find: 'const fresh = random(NONCE_RANDOM_BYTES);',
        replace: 'const fresh = random(NONCE_RANDOM_BYTES).fill(0);',
      },
    ],
    tests: ['adversary/frost-extraction'],
    named: 'SchnorrEd25519Sha512, three of four. no nonce',
  },
  {
    name: 'nonces that are not hedged with the share',
    scheme,
    kind: 'biased nonce',
    file: 'frost/commit.ts',
    edits: [
      {
        find: 'share.expose((secret) => concatBytes(fresh, secret))',
        replace: 'share.expose(() => concatBytes(fresh))',
      },
    ],
    tests,
  },
  {
    name: 'nonces of 112 bits',
    scheme,
    kind: 'biased nonce',
    file: 'frost/commit.ts',
    edits: [
      { find: 'return suite.hashToNonce(input);', replace: 'return suite.hashToNonce(input) & ((1n << 112n) - 1n);' },
    ],
    tests: ['adversary/frost-extraction'],
    named: 'SchnorrEd25519Sha512. whose nonces are short',
  },
  {
    name: 'one nonce in both places',
    scheme,
    kind: 'biased nonce',
    file: 'frost/commit.ts',
    edits: [{ find: 'const binding = generateNonce(suite, share, random);', replace: 'const binding = hiding;' }],
    tests: ['adversary/frost-extraction'],
    named: 'SchnorrEd25519Sha512, three of four. no nonce',
  },
  {
    name: 'nonces that are not spent by their use',
    scheme,
    kind: 'reuse',
    file: 'frost/signing-nonces.ts',
    edits: [
      { find: '    this.#pair = undefined;\n    if (pair === undefined) {', replace: '    if (pair === undefined) {' },
      {
        find: '    } finally {\n      pair.hiding.wipe();\n      pair.binding.wipe();\n    }',
        replace: '    } finally {\n      void pair;\n    }',
      },
    ],
    tests,
  },
  {
    name: 'discarded nonces that still sign',
    scheme,
    kind: 'reuse',
    file: 'frost/signing-nonces.ts',
    edits: [
      {
        find: '    this.#pair?.hiding.wipe();\n    this.#pair?.binding.wipe();\n    this.#pair = undefined;',
        replace: '    void this.#pair;',
      },
    ],
    tests,
  },
  {
    name: 'commitment that the coordinator swapped is signed',
    scheme,
    kind: 'replay',
    file: 'frost/sign-share.ts',
    edits: [{ find: '    assertOwnCommitment(context, nonces, position);\n', replace: '' }],
    tests,
  },
  {
    name: 'share without the tweak',
    scheme,
    kind: 'missing tweak',
    file: 'frost/sign-share.ts',
    edits: [{ find: ' + context.key.tweak', replace: '' }],
    tests,
  },
  {
    name: 'share without its Lagrange coefficient',
    scheme,
    kind: 'wrong weights',
    file: 'frost/sign-share.ts',
    edits: [
      {
        find: 'lagrangeCoefficient(curve, context.commitments.signers, party) * context.challenge',
        replace: 'lagrangeCoefficient(curve, context.commitments.signers, party) ** 0n * context.challenge',
      },
    ],
    tests,
  },
  {
    name: 'sign of the nonces ignored where keys are x coordinates',
    scheme,
    kind: 'malleable signature',
    file: 'frost/sign-share.ts',
    edits: [{ find: 'context.negatesNonces ? -nonce : nonce', replace: 'context.negatesNonces ? nonce : nonce' }],
    tests: ['frost/reference-client', ...tests],
  },
  {
    name: 'every share is valid',
    scheme,
    kind: 'unverified share',
    file: 'frost/verify-share.ts',
    edits: [
      {
        find: 'return curve.equals(curve.multiplyBasePublic(response), expected);',
        replace: 'return curve.equals(expected, expected) || response > 0n;',
      },
    ],
    tests,
  },
  {
    name: 'share verified without its Lagrange coefficient',
    scheme,
    kind: 'wrong weights',
    file: 'frost/verify-share.ts',
    edits: [
      {
        find: 'lagrangeCoefficient(curve, context.commitments.signers, party) * context.challenge',
        replace: 'lagrangeCoefficient(curve, context.commitments.signers, party) ** 0n * context.challenge',
      },
    ],
    tests,
  },
  {
    name: 'share verified without the binding nonce',
    scheme,
    kind: 'unverified share',
    file: 'frost/verify-share.ts',
    edits: [{ find: 'nonceSign * bindingFactor', replace: 'nonceSign * bindingFactor ** 0n' }],
    tests,
  },
  {
    name: 'verifying share without the tweak',
    scheme,
    kind: 'missing tweak',
    file: 'frost/group-key.ts',
    edits: [
      {
        find: 'curve.add(evaluateCommitments(curve, commitments, party), shift)',
        replace: 'evaluateCommitments(curve, commitments, party)',
      },
    ],
    tests,
  },
  {
    name: 'key that is the identity',
    scheme,
    kind: 'identity or small subgroup',
    file: 'frost/group-key.ts',
    edits: [{ find: '  if (curve.isIdentity(publicKey)) throw invalidKey();\n', replace: '' }],
    tests: ['adversary/sessions'],
  },
  {
    name: 'signature that is not verified',
    scheme,
    kind: 'unverified share',
    file: 'frost/aggregate.ts',
    edits: [
      {
        find: 'response !== undefined && satisfiesSignatureEquation(context, response)',
        replace: 'response !== undefined && (satisfiesSignatureEquation(context, response) || true)',
      },
    ],
    tests,
  },
  {
    name: 'wrong shares that cancel are not named',
    scheme,
    kind: 'unverified share',
    file: 'frost/aggregate.ts',
    edits: [{ find: "  if (options.verifyShares === 'always') throwIfAnyInvalid(context, shares);\n", replace: '' }],
    tests,
  },
  {
    name: 'shares of one signer twice',
    scheme,
    kind: 'signer set',
    file: 'frost/aggregate.ts',
    edits: [{ find: 'given.size === shares.length && ', replace: '' }],
    tests,
  },
  {
    name: 'commitments of one party twice',
    scheme,
    kind: 'signer set',
    file: 'frost/commitment-list.ts',
    edits: [{ find: 'if (party <= previous) {', replace: 'if (party < previous) {' }],
    tests,
  },
  {
    name: 'fewer signers than the threshold',
    scheme,
    kind: 'signer set',
    file: 'frost/signing-context.ts',
    edits: [
      { find: 'if (commitments.signers.length < key.threshold) {', replace: 'if (commitments.signers.length < 1) {' },
    ],
    tests,
  },
  {
    name: 'commitments of another curve',
    scheme,
    kind: 'domain separation',
    file: 'frost/signing-context.ts',
    edits: [
      {
        find: "  if (commitments.curve !== curve || suite.curve !== curve.name) throw invalidList('belong to another curve');\n",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'binding factors without the key',
    scheme,
    kind: 'domain separation',
    file: 'frost/compute-binding-factors.ts',
    edits: [{ find: '    encodedPublicKey,\n    suite.hashMessage', replace: '    suite.hashMessage' }],
    tests: vectors,
  },
  {
    name: 'binding factors without the message: concurrent sessions combine',
    scheme,
    kind: 'domain separation',
    file: 'frost/compute-binding-factors.ts',
    edits: [{ find: '    suite.hashMessage(message),\n', replace: '' }],
    tests: vectors,
  },
  {
    name: 'binding factors without the commitments: concurrent sessions combine',
    scheme,
    kind: 'domain separation',
    file: 'frost/compute-binding-factors.ts',
    edits: [{ find: '    suite.hashCommitmentList(commitments.encoded),\n', replace: '' }],
    tests: vectors,
  },
  {
    name: 'one binding factor for all signers',
    scheme,
    kind: 'swapped identities',
    file: 'frost/compute-binding-factors.ts',
    edits: [
      {
        find: 'concatBytes(prefix, commitments.curve.encodeScalar(BigInt(party)))',
        replace: 'concatBytes(prefix, commitments.curve.encodeScalar(BigInt(party) ** 0n))',
      },
    ],
    tests: vectors,
  },
  {
    name: 'no binding factors',
    scheme,
    kind: 'domain separation',
    file: 'frost/compute-group-commitment.ts',
    edits: [
      {
        find: '...entries.map(() => 1n), ...bindingFactors',
        replace: '...entries.map(() => 1n), ...bindingFactors.map(() => 1n)',
      },
    ],
    tests: vectors,
  },
  {
    name: 'nonces and binding factors of one hash',
    scheme,
    kind: 'domain separation',
    file: 'frost/suites/wide-hashes.ts',
    edits: [{ find: "tagged('nonce')", replace: "tagged('rho')" }],
    tests: vectors,
  },
  {
    name: 'challenge of ristretto255 without its label',
    scheme,
    kind: 'domain separation',
    file: 'frost/suites/ristretto255.ts',
    edits: [
      {
        find: 'wideScalar(WIDE, CHALLENGE, groupCommitment',
        replace: 'wideScalar(WIDE, CHALLENGE.slice(0, 0), groupCommitment',
      },
    ],
    tests: vectors,
  },
  {
    name: 'challenge of Schnorrkel without its context',
    scheme,
    kind: 'domain separation',
    file: 'frost/suites/schnorrkel.ts',
    edits: [
      { find: "  transcript.append('', CONTEXT);\n", replace: "  transcript.append('', CONTEXT.slice(0, 0));\n" },
    ],
    tests: ['frost/schnorrkel', 'frost/reference-client'],
  },
  {
    name: 'challenge of Taproot without its tag',
    scheme,
    kind: 'domain separation',
    file: 'frost/suites/taproot.ts',
    edits: [{ find: 'concatBytes(CHALLENGE_TAG, CHALLENGE_TAG, xOnly', replace: 'concatBytes(CHALLENGE_TAG, xOnly' }],
    tests,
  },
  {
    name: 'challenge of Ed448 without its domain',
    scheme,
    kind: 'domain separation',
    file: 'frost/suites/ed448.ts',
    edits: [
      {
        find: 'wideScalar(WIDE, DOMAIN, groupCommitment',
        replace: 'wideScalar(WIDE, DOMAIN.slice(0, 0), groupCommitment',
      },
    ],
    tests: vectors,
  },
];
