import type { Mutant } from './mutant.ts';

const scheme = 'ECDSA';
const tests = ['ecdsa/oblivious-transfer'];

/** Base transfers, extension, multiplication, set-up. */
export const transferMutants: readonly Mutant[] = [
  {
    name: 'extension accepts every message',
    scheme,
    kind: 'consistency check',
    file: 'ecdsa/ot/extension.ts',
    edits: [
      {
        find: 'const consistent = equalBytes(actual, hashedColumns);',
        replace: 'const consistent = actual.length === hashedColumns.length;',
      },
    ],
    tests,
  },
  {
    name: 'extension check without Δ',
    scheme,
    kind: 'consistency check',
    file: 'ecdsa/ot/extension.ts',
    edits: [
      { find: 'xorMasked(expected, delta, -bitAt(hashedChoices, bit));', replace: 'xorMasked(expected, delta, 0);' },
    ],
    tests,
  },
  {
    name: 'challenge of the extension without the corrections',
    scheme,
    kind: 'consistency check',
    file: 'ecdsa/ot/extension.ts',
    edits: [{ find: "\n    .append('corrections', primitives.sha256(corrections))", replace: '' }],
    tests,
  },
  {
    name: 'columns of the extension without its session',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/ot/extension.ts',
    edits: [{ find: ".append('session', session).digest()", replace: '.digest()' }],
    tests,
  },
  {
    name: 'extension without the chooser’s nonce',
    scheme,
    kind: 'replay',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n    .append('nonce', chooserNonce)", replace: '' }],
    tests: ['adversary/transfers'],
  },
  {
    name: 'multiplication accepts every answer',
    scheme,
    kind: 'correlation check',
    file: 'ecdsa/multiplication.ts',
    edits: [
      {
        find: 'return equalBytes(digestChecks(of, padKey, checks), expectedDigest) ? sums : undefined;',
        replace: 'return digestChecks(of, padKey, checks).length === expectedDigest.length ? sums : undefined;',
      },
    ],
    tests,
  },
  {
    name: 'weights of the multiplication without the masked values',
    scheme,
    kind: 'correlation check',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n        .append('masked', digest)", replace: '' }],
    tests: ['adversary/transfers'],
  },
  {
    name: 'one weight for both inputs',
    scheme,
    kind: 'correlation check',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n        .appendU32('input', input)", replace: '' }],
    tests: ['adversary/transfers'],
  },
  {
    name: 'pads without the holder’s nonce',
    scheme,
    kind: 'replay',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n    .append('nonce', holderNonce)", replace: '' }],
    tests,
  },
  {
    name: 'multiplication without its curve',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n    .append('curve', utf8(curve.name))", replace: '' }],
    tests: ['adversary/sessions'],
  },
  {
    name: 'multiplication without its session',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: "\n    .append('session', within)", replace: '' }],
    tests: ['ecdsa/presigning-attacks'],
  },
  {
    name: 'multiplication that does not say who is holder and who is chooser',
    scheme,
    kind: 'swapped identities',
    file: 'ecdsa/multiplication.ts',
    edits: [
      { find: ".appendU32('holder', holder)", replace: ".appendU32('holder', Math.min(holder, chooser))" },
      { find: ".appendU32('chooser', chooser)", replace: ".appendU32('chooser', Math.max(holder, chooser))" },
    ],
    tests: ['adversary/sessions'],
  },
  {
    name: 'masked values that are not reduced are taken',
    scheme,
    kind: 'non-canonical encoding',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: '!arithmetic.areReduced(masked) || ', replace: '' }],
    tests: ['adversary/transfers'],
  },
  {
    name: 'claimed value that is not reduced is taken',
    scheme,
    kind: 'non-canonical encoding',
    file: 'ecdsa/multiplication.ts',
    edits: [{ find: ' || !arithmetic.areReduced(claimed)', replace: '' }],
    tests,
    equivalent:
      'A value that is not reduced fits the bytes only below 2^256 − q, and η is a hash away from being chosen; any other fails the check.',
  },
  {
    name: 'base transfers without their epoch',
    scheme,
    kind: 'epoch',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [{ find: "\n    .append('epoch', epochId)", replace: '' }],
    tests,
  },
  {
    name: 'base transfers that do not say who sends and who receives',
    scheme,
    kind: 'swapped identities',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [
      { find: ".appendU32('sender', sender)", replace: ".appendU32('sender', Math.min(sender, receiver))" },
      { find: ".appendU32('receiver', receiver)", replace: ".appendU32('receiver', Math.max(sender, receiver))" },
    ],
    tests,
  },
  {
    name: 'mask of a base transfer without its position',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [
      {
        find: "'ecdsa/v1/base-transfer-mask')\n    .appendU32('position', position)",
        replace: "'ecdsa/v1/base-transfer-mask')",
      },
    ],
    tests: ['adversary/transfers'],
  },
  {
    name: 'mask of a base transfer without its branch',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [
      {
        find: "\n    .appendU32('branch', branch)\n    .append('other', other)",
        replace: "\n    .append('other', other)",
      },
    ],
    tests: ['adversary/transfers'],
  },
  {
    name: 'mask of a base transfer without the other point: both keys can be known',
    scheme,
    kind: 'unverified knowledge',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [{ find: "\n    .append('other', other)", replace: '' }],
    tests: ['adversary/transfers'],
  },
  {
    name: 'key of a base transfer without its position',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/ot/base-ot.ts',
    edits: [
      {
        find: "\n    .append('messages', digest)\n    .appendU32('position', position)",
        replace: "\n    .append('messages', digest)",
      },
    ],
    tests: ['adversary/transfers'],
  },
  {
    name: 'set-up without comparing what both saw',
    scheme,
    kind: 'views',
    file: 'ecdsa/setup.ts',
    edits: [
      {
        find: ' || !equalBytes(body.slice(1), this.#confirmations.get(peer) as Uint8Array)',
        replace: ' || !equalBytes(body.slice(1), body.slice(1))',
      },
    ],
    tests: ['ecdsa/signing-attacks'],
  },
  {
    name: 'pads hashed without their position',
    scheme,
    kind: 'domain separation',
    file: 'ecdsa/kernel/reference.ts',
    edits: [{ find: 'view.setUint32(at, view.getUint32(at) ^ input);', replace: '' }],
    tests: ['ecdsa/reference-kernel'],
  },
  {
    name: 'fewer factor bits than the order and twice the statistical security',
    scheme,
    kind: 'parameters',
    file: 'ecdsa/parameters.ts',
    edits: [{ find: 'orderBits + 2 * STATISTICAL_SECURITY_BITS', replace: 'orderBits + STATISTICAL_SECURITY_BITS' }],
    tests,
  },
  {
    name: 'pads of P-256 as short as its order',
    scheme,
    kind: 'parameters',
    file: 'ecdsa/parameters.ts',
    edits: [{ find: 'p256: forOrder(256, 48, 32)', replace: 'p256: forOrder(256, 32, 32)' }],
    tests,
  },
];
