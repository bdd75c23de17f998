import type { Mutant } from './mutant.ts';

const scheme = 'ECDSA';
const file = 'ecdsa/presigning/presign.ts';
const tests = ['ecdsa/presigning-attacks'];

export const presigningMutants: readonly Mutant[] = [
  {
    name: 'opening of the instance key is not compared with its commitment',
    scheme,
    kind: 'rogue key',
    file,
    edits: [
      {
        find: 'if (!equalBytes(opened, instanceKeyHash)) throw',
        replace: 'if (opened.length !== instanceKeyHash.length) throw',
      },
    ],
    tests,
  },
  {
    name: 'instance key whose owner need not know or multiply it',
    scheme,
    kind: 'unverified knowledge',
    file,
    edits: [
      { find: "    if (!isOf(message.instanceKey, 0)) throw this.#pairFailed('instance-key', peer);\n", replace: '' },
    ],
    tests,
  },
  {
    name: 'key share that nobody compares with the verifying share',
    scheme,
    kind: 'unverified share',
    file,
    edits: [
      {
        find: "    if (!isOf(signerSet.keyShareOf(peer), 1)) throw this.#pairFailed('key-share', peer);\n",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'views of the commitments are not compared',
    scheme,
    kind: 'views',
    file,
    edits: [
      {
        find: 'for (const [peer, { seen }] of messages) if (!equalBytes(seen, this.#seen)) throw viewMismatch(peer);',
        replace: 'for (const [peer, { seen }] of messages) if (seen.length === 0) throw viewMismatch(peer);',
      },
    ],
    tests,
  },
  {
    name: 'commitment to the instance key without its session',
    scheme,
    kind: 'replay',
    file,
    edits: [
      {
        find: "new Transcript('ecdsa/v1/instance-key')\n      .append('session', this.#session)",
        replace: "new Transcript('ecdsa/v1/instance-key')",
      },
    ],
    tests: ['adversary/sessions'],
  },
  {
    name: 'commitment to the instance key without its signer',
    scheme,
    kind: 'swapped identities',
    file,
    edits: [
      {
        find: "\n      .appendU32('signer', signer)\n      .append('instance key', encoded)",
        replace: "\n      .append('instance key', encoded)",
      },
    ],
    tests: ['adversary/sessions'],
  },
  {
    name: 'session of presigning without the execution',
    scheme,
    kind: 'replay',
    file,
    edits: [
      {
        find: "\n      .append('execution', executionId)\n      .digest();\n    const instance",
        replace: '\n      .digest();\n    const instance',
      },
    ],
    tests,
  },
  {
    name: 'session of presigning without the epoch',
    scheme,
    kind: 'epoch',
    file,
    edits: [
      {
        find: "\n      .append('epoch', epochId)\n      .append('execution', executionId)\n      .digest();\n    const instance",
        replace: "\n      .append('execution', executionId)\n      .digest();\n    const instance",
      },
    ],
    tests: ['adversary/sessions'],
  },
  {
    name: 'session of presigning without the signers',
    scheme,
    kind: 'signer set',
    file,
    edits: [{ find: "\n      .append('signers', signerSet.digest)", replace: '' }],
    tests: ['adversary/sessions'],
  },
  {
    name: 'presigning with transfers of another epoch',
    scheme,
    kind: 'epoch',
    file,
    edits: [
      {
        find: "    if (!equalBytes(pair.epochId, epochId)) throw invalidParameters('the transfers are of another epoch');\n",
        replace: '',
      },
    ],
    tests,
  },
  {
    name: 'presigning with the transfers of another party',
    scheme,
    kind: 'swapped identities',
    file,
    edits: [{ find: ' || pair.self !== self || pair.peer !== peer', replace: '' }],
    tests: ['adversary/sessions'],
  },
  {
    name: 'presigning with a share of another party or key',
    scheme,
    kind: 'unverified share',
    file,
    edits: [{ find: ' || !curve.equals(curve.multiplyBase(keyShare), signerSet.keyShareOf(self))', replace: '' }],
    tests,
  },
  {
    name: 'transfers survive a failed check',
    scheme,
    kind: 'reuse',
    file,
    edits: [{ find: '    this.#parameters.transfers.get(peer)?.burn();\n', replace: '' }],
    tests,
  },
  {
    name: 'presignature whose published values need not add up',
    scheme,
    kind: 'unverified share',
    file,
    edits: [{ find: '    if (!isConsistent(record)) throw inconsistentPresignature(this.#peers);\n', replace: '' }],
    tests,
  },
  {
    name: 'commitments Φ need not add up',
    scheme,
    kind: 'unverified share',
    file: 'ecdsa/presigning/record.ts',
    edits: [
      {
        find: 'curve.equals(sum(signers.map(({ inverse }) => inverse)), curve.multiplyBasePublic(scale)) &&',
        replace: '',
      },
    ],
    tests: [...tests, 'ecdsa/signing-attacks'],
  },
  {
    name: 'commitments V need not add up to the root key',
    scheme,
    kind: 'rogue key',
    file: 'ecdsa/presigning/record.ts',
    edits: [
      {
        find: ' &&\n    curve.equals(sum(signers.map(({ product }) => product)), curve.multiplyPublic(rootKey, scale))',
        replace: '',
      },
    ],
    tests: [...tests, 'ecdsa/signing-attacks'],
  },
  {
    name: 'record with the scale zero',
    scheme,
    kind: 'identity or small subgroup',
    file: 'ecdsa/presigning/record.ts',
    edits: [{ find: '  if (scale === 0n) return false;\n', replace: '' }],
    tests: ['adversary/sessions'],
  },
  {
    name: 'stored record that need not be consistent',
    scheme,
    kind: 'unverified opening',
    file: 'ecdsa/presigning/record.ts',
    edits: [{ find: '!ascending || !isConsistent(record)', replace: '!ascending' }],
    tests: ['ecdsa/signing-attacks'],
  },
  {
    name: 'instance key of 240 bits: a biased nonce',
    scheme,
    kind: 'biased nonce',
    file,
    edits: [
      {
        find: 'const instance = randomScalar(curve, random);',
        replace: 'const instance = randomScalar(curve, random) >> 16n;',
      },
    ],
    tests: ['adversary/ecdsa-extraction'],
    named: 'an attack on short',
  },
  {
    name: 'the same mask for every presignature',
    scheme,
    kind: 'reuse',
    file,
    edits: [
      {
        find: 'const mask = randomScalar(curve, random);',
        replace: 'const mask = randomScalar(curve, random) ** 0n + 6n;',
      },
    ],
    tests: ['adversary/ecdsa-extraction'],
    named: 'secp256k1, three of four. (the harness|all linear)',
  },
  {
    name: 'mask and instance key from one draw',
    scheme,
    kind: 'biased nonce',
    file,
    edits: [
      {
        find: 'const mask = randomScalar(curve, random);',
        replace: 'const mask = randomScalar(curve, random) ** 0n * instance;',
      },
    ],
    tests: ['adversary/ecdsa-extraction'],
    named: 'secp256k1, three of four. (the harness|the secrets)',
  },
  {
    name: 'entropy commitment that opens to anything',
    scheme,
    kind: 'unverified opening',
    file: 'ecdsa/presigning/entropy.ts',
    edits: [{ find: "\n    .append('entropy', entropy)", replace: '' }],
    tests: ['ecdsa/signing-attacks', ...tests],
  },
  {
    name: 'entropy commitment without its epoch',
    scheme,
    kind: 'epoch',
    file: 'ecdsa/presigning/entropy.ts',
    edits: [{ find: "\n    .append('epoch', epochId)", replace: '' }],
    tests,
  },
  {
    name: 'entropy commitment without its execution',
    scheme,
    kind: 'replay',
    file: 'ecdsa/presigning/entropy.ts',
    edits: [{ find: "\n    .append('execution', executionId)", replace: '' }],
    tests,
  },
  {
    name: 'entropy commitment without its signer',
    scheme,
    kind: 'swapped identities',
    file: 'ecdsa/presigning/entropy.ts',
    edits: [{ find: "\n    .appendU32('signer', signer)", replace: '' }],
    tests,
  },
  {
    name: 'second message for a round replaces the first',
    scheme,
    kind: 'replay',
    file: 'ecdsa/inbox.ts',
    edits: [
      {
        find: 'if (equalBytes(earlier, body)) return;',
        replace: 'if (equalBytes(earlier, body)) return;\n      received.set(from, body.slice());\n      return;',
      },
    ],
    tests,
  },
  {
    name: 'messages of parties that do not sign',
    scheme,
    kind: 'swapped identities',
    file: 'ecdsa/inbox.ts',
    edits: [{ find: 'if (received === undefined || !isPeer) {', replace: 'if (received === undefined) {' }],
    tests,
  },
];
