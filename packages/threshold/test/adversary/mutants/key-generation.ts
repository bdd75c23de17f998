import type { Mutant } from './mutant.ts';

const scheme = 'key generation';

export const keyGenerationMutants: readonly Mutant[] = [
  {
    name: 'proof of knowledge that nobody verifies',
    scheme,
    kind: 'unverified knowledge',
    file: 'dkg/proofs/knowledge.ts',
    edits: [{ find: ' && challengeFor(statement, nonceCommitment) === proof.challenge', replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'proof of knowledge with a nonce of zero',
    scheme,
    kind: 'identity or small subgroup',
    file: 'dkg/proofs/knowledge.ts',
    edits: [{ find: '!curve.isIdentity(nonceCommitment) && ', replace: '' }],
    tests: ['dkg/dealing-attacks'],
    named: 'from a nonce of zero',
  },
  ...['execution', 'prover', 'purpose', 'point', 'nonce'].map((field): Mutant => {
    const lines: Record<string, string> = {
      execution: "\n    .append('execution', executionId)",
      prover: "\n    .appendU32('prover', prover)",
      purpose: "\n    .append('purpose', utf8(purpose))",
      point: "\n    .append('point', curve.encodePoint(point))",
      nonce: "\n    .append('nonce', curve.encodePoint(nonce))",
    };
    return {
      name: `proof of knowledge without its ${field}`,
      scheme,
      kind: field === 'execution' ? 'replay' : field === 'prover' ? 'swapped identities' : 'domain separation',
      file: 'dkg/proofs/knowledge.ts',
      edits: [{ find: lines[field] as string, replace: '' }],
      tests: ['adversary/proofs'],
    };
  }),
  {
    name: 'dealing without a proof of knowledge: a rogue key',
    scheme,
    kind: 'rogue key',
    file: 'dkg/dealing.ts',
    edits: [
      { find: 'if (proof === undefined || !verifyKnowledge(statement, proof))', replace: 'if (proof === undefined)' },
    ],
    tests: ['dkg/dealing-attacks'],
    named: 'with a rogue key',
  },
  {
    name: 'opening that differs from its hash: a key chosen after the others',
    scheme,
    kind: 'rogue key',
    file: 'dkg/dealing.ts',
    edits: [
      {
        find: "  if (!equalBytes(hashOpening(executionId, dealer, opening), openingHash)) return 'opening-mismatch';\n",
        replace: '  void openingHash;\n',
      },
    ],
    tests: ['dkg/dealing-attacks'],
    named: 'chosen after the others were seen',
  },
  {
    name: 'hash of an opening without its execution',
    scheme,
    kind: 'replay',
    file: 'dkg/dealing.ts',
    edits: [{ find: "\n    .append('execution', executionId)", replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'hash of an opening without its dealer: copied with its hash',
    scheme,
    kind: 'swapped identities',
    file: 'dkg/dealing.ts',
    edits: [{ find: "\n    .appendU32('dealer', dealer)", replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'encryption key without a proof',
    scheme,
    kind: 'unverified knowledge',
    file: 'dkg/key-generation.ts',
    edits: [
      {
        find: "      if (!verifyKnowledge(statement, content.encryptionKeyProof)) return 'invalid-encryption-key';\n",
        replace: '      void statement;\n',
      },
    ],
    tests: ['dkg/dealing-attacks'],
    named: 'without a proof for this execution',
  },
  {
    name: 'shares that are not on the polynomial',
    scheme,
    kind: 'unverified share',
    file: 'dkg/share-check.ts',
    edits: [
      {
        find: 'if (verifyPolynomialShares(curve, self, dealt, random)) continue;',
        replace: 'if (verifyPolynomialShares(curve, self, dealt, random) || true) continue;',
      },
    ],
    tests: ['dkg/dealing-attacks'],
    named: 'of secp256k1 to one receiver',
  },
  {
    name: 'shares that are not reduced scalars',
    scheme,
    kind: 'non-canonical encoding',
    file: 'dkg/share-check.ts',
    edits: [{ find: 'if (shares === undefined) wrong.add(dealer);', replace: 'if (shares === undefined) continue;' }],
    tests: ['dkg/dealing-attacks'],
    named: 'that is not a reduced scalar',
  },
  {
    name: 'the sum of shares is not checked before it is relied on',
    scheme,
    kind: 'unverified share',
    file: 'dkg/result.ts',
    edits: [
      {
        find: '    if (!verifyPolynomialShare(curve, commitments, self, share)) throw inconsistentShare();\n',
        replace: '',
      },
    ],
    tests: ['dkg/result'],
  },
  {
    name: 'dealt polynomials that cancel',
    scheme,
    kind: 'identity or small subgroup',
    file: 'dkg/result.ts',
    edits: [
      {
        find: '    if (commitments.some((commitment) => curve.isIdentity(commitment))) throw degenerateKey();\n',
        replace: '',
      },
    ],
    tests: ['dkg/result'],
  },
  {
    name: 'complaint that every dealer loses',
    scheme,
    kind: 'complaints',
    file: 'dkg/complaint.ts',
    edits: [
      {
        find: 'return areSharesRight(parameters, dealing.commitments, complainer, vector)\n',
        replace: 'return areSharesRight(parameters, dealing.commitments, complainer, vector) && vector.length === 0\n',
      },
    ],
    tests: ['dkg/verdict-attacks'],
    named: 'against an honest dealer convicts',
  },
  {
    name: 'complaint that every complainer loses',
    scheme,
    kind: 'complaints',
    file: 'dkg/complaint.ts',
    edits: [
      {
        find: 'return areSharesRight(parameters, dealing.commitments, complainer, vector)\n',
        replace: 'return areSharesRight(parameters, dealing.commitments, complainer, vector) || vector.length > 0\n',
      },
    ],
    tests: ['dkg/dealing-attacks'],
    named: 'of secp256k1 to one receiver',
  },
  {
    name: 'complaint whose proof is not verified',
    scheme,
    kind: 'complaints',
    file: 'dkg/complaint.ts',
    edits: [
      {
        find: 'return verifyEquality(statement, complaint.proof);',
        replace: 'return verifyEquality(statement, complaint.proof) || true;',
      },
    ],
    tests: ['dkg/verdict-attacks'],
    named: 'that reveals',
  },
  {
    name: 'complaint whose value is proven for the own key only',
    scheme,
    kind: 'complaints',
    file: 'dkg/proofs/equality.ts',
    edits: [{ find: "\n    .append('peer nonce', curve.encodePoint(peerNonce))", replace: '' }],
    tests: ['adversary/proofs'],
  },
  ...['execution', 'prover', 'peer', 'shared'].map((field): Mutant => {
    const lines: Record<string, string> = {
      execution: "\n    .append('execution', statement.executionId)",
      prover: "\n    .appendU32('prover', statement.prover)",
      peer: "\n    .appendU32('peer', statement.peer)",
      shared: "\n    .append('shared', curve.encodePoint(statement.shared))",
    };
    return {
      name: `proof of a complaint without its ${field}`,
      scheme,
      kind: 'complaints',
      file: 'dkg/proofs/equality.ts',
      edits: [{ find: lines[field] as string, replace: '' }],
      tests: ['adversary/proofs'],
    };
  }),
  {
    name: 'complaints twice or in any order',
    scheme,
    kind: 'complaints',
    file: 'dkg/messages.ts',
    edits: [
      {
        find: 'if (i > 0 && dealer <= (complaints[i - 1] as Complaint).dealer) throw',
        replace: 'if (i > 0 && dealer < 0 && complaints[i - 1] === undefined) throw',
      },
    ],
    tests: ['dkg/verdict-attacks'],
    named: 'makes the verdict malformed',
  },
  {
    name: 'pad of shares without its execution',
    scheme,
    kind: 'replay',
    file: 'dkg/share-encryption.ts',
    edits: [{ find: "\n    .append('execution', key.executionId)", replace: '' }],
    tests: ['dkg/share-encryption'],
  },
  {
    name: 'pad of shares that is the same in both directions',
    scheme,
    kind: 'swapped identities',
    file: 'dkg/share-encryption.ts',
    edits: [
      { find: "\n    .appendU32('dealer', key.dealer)", replace: '' },
      { find: "\n    .appendU32('receiver', key.receiver)", replace: '' },
    ],
    tests: ['dkg/share-encryption'],
  },
  {
    name: 'views are not compared',
    scheme,
    kind: 'views',
    file: 'dkg/view.ts',
    edits: [{ find: 'if (differing.length === 0) continue;', replace: 'if (differing.length >= 0) continue;' }],
    tests: ['dkg/verdict-attacks'],
    named: 'that differs everywhere',
  },
  {
    name: 'digest of a message without its round',
    scheme,
    kind: 'replay',
    file: 'dkg/view.ts',
    edits: [{ find: "\n    .appendU32('round', round)", replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'digest of a message without its execution',
    scheme,
    kind: 'replay',
    file: 'dkg/view.ts',
    edits: [{ find: "\n    .append('execution', executionId)", replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'digest of a message without its author',
    scheme,
    kind: 'swapped identities',
    file: 'dkg/view.ts',
    edits: [{ find: "\n    .appendU32('author', author)", replace: '' }],
    tests: ['adversary/proofs'],
  },
  {
    name: 'second message for a round is taken',
    scheme,
    kind: 'replay',
    file: 'dkg/inbox.ts',
    edits: [
      {
        find: '    if (earlier !== undefined) {\n',
        replace: '    if (earlier !== undefined && body.length === 0) {\n',
      },
    ],
    tests: ['dkg/receive'],
    named: 'names one who sends other bytes',
  },
  {
    name: 'messages of parties that take no part',
    scheme,
    kind: 'swapped identities',
    file: 'dkg/inbox.ts',
    edits: [{ find: 'if (received === undefined || !isParticipant) {', replace: 'if (received === undefined) {' }],
    tests: ['dkg/receive'],
    named: 'who takes no part',
  },
  {
    name: 'fewer dealers than the threshold',
    scheme,
    kind: 'signer set',
    file: 'dkg/key-generation.ts',
    edits: [
      { find: 'if (this.#qualified.length < threshold) throw', replace: 'if (this.#qualified.length < 1) throw' },
    ],
    tests: ['dkg/verdict-attacks'],
    named: 'leave too few dealers',
  },
  {
    name: 'result of another party is not compared',
    scheme,
    kind: 'views',
    file: 'dkg/key-generation.ts',
    edits: [
      {
        find: "if (!equalBytes(resultHash, result.resultHash)) this.#convict({ party, reason: 'wrong-result' });",
        replace:
          "if (resultHash.length !== result.resultHash.length) this.#convict({ party, reason: 'wrong-result' });",
      },
    ],
    tests: ['dkg/verdict-attacks'],
    named: 'of another result convicts',
  },
  {
    name: 'result hash without its execution',
    scheme,
    kind: 'replay',
    file: 'public-key-package/result-hash.ts',
    edits: [{ find: "\n    .append('execution', executionId)", replace: '' }],
    tests: ['public-key-package/public-key-package', 'dkg/key-generation'],
  },
];
