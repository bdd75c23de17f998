import type { Mutant } from './mutant.ts';

const scheme = 'groups and sharing';
const hostile = ['curves/hostile-points'];

export const groupMutants: readonly Mutant[] = [
  {
    name: 'points outside the group of prime order',
    scheme,
    kind: 'identity or small subgroup',
    file: 'curves/noble.ts',
    edits: [{ find: 'if (point.is0() || !point.isTorsionFree()) throw', replace: 'if (point.is0()) throw' }],
    tests: hostile,
  },
  {
    name: 'identity is decoded',
    scheme,
    kind: 'identity or small subgroup',
    file: 'curves/noble.ts',
    edits: [{ find: 'if (point.is0() || !point.isTorsionFree()) throw', replace: 'if (!point.isTorsionFree()) throw' }],
    tests: hostile,
  },
  {
    name: 'points in another form than the compressed one',
    scheme,
    kind: 'non-canonical encoding',
    file: 'curves/noble.ts',
    edits: [{ find: '      if (bytes.length !== shape.pointBytes) throw invalidPoint(shape.name);\n', replace: '' }],
    tests: hostile,
  },
  {
    name: 'scalars that are not reduced',
    scheme,
    kind: 'non-canonical encoding',
    file: 'curves/noble.ts',
    edits: [{ find: '      if (scalar >= order) throw invalidScalar(shape.name);\n', replace: '' }],
    tests: ['curves/curve'],
  },
  {
    name: 'points of small order (libsodium)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'curves/native/ed25519.ts',
    edits: [
      {
        find: 'bytes.length === POINT_BYTES && sodium.crypto_core_ed25519_is_valid_point(bytes)',
        replace: 'bytes.length === POINT_BYTES',
      },
    ],
    tests: ['curves/curve'],
    named: 'hostile Ed25519',
  },
  {
    name: 'hybrid and uncompressed points (libsecp256k1)',
    scheme,
    kind: 'non-canonical encoding',
    file: 'curves/native/secp256k1.ts',
    edits: [{ find: '      if (bytes.length !== COMPRESSED_BYTES) throw invalidPoint(name);\n', replace: '' }],
    tests: ['adversary/points'],
  },
  {
    name: 'negative encodings of decaf377',
    scheme,
    kind: 'non-canonical encoding',
    file: 'curves/decaf377.ts',
    edits: [{ find: ' || isNegative(s)) throw', replace: ') throw' }],
    tests: hostile,
  },
  {
    name: 'encodings of decaf377 above the field',
    scheme,
    kind: 'non-canonical encoding',
    file: 'curves/decaf377.ts',
    edits: [{ find: ' || s >= Fp.ORDER', replace: '' }],
    tests: hostile,
  },
  {
    name: 'random scalars without the extra bytes',
    scheme,
    kind: 'biased nonce',
    file: 'curves/scalar.ts',
    edits: [
      {
        find: 'random(curve.scalarBytes + WIDE_REDUCTION_EXTRA_BYTES)',
        replace: 'random(curve.scalarBytes + 0 * WIDE_REDUCTION_EXTRA_BYTES)',
      },
    ],
    tests: ['curves/curve', 'dkg/vectors'],
  },
  {
    name: 'batch of shares without random weights: errors cancel',
    scheme,
    kind: 'wrong weights',
    file: 'sharing/feldman.ts',
    edits: [
      { find: 'bytesToBigint(random(BATCH_WEIGHT_BYTES))', replace: 'bytesToBigint(random(BATCH_WEIGHT_BYTES)) ** 0n' },
    ],
    tests: ['sharing/sharing', 'dkg/dealing-attacks'],
  },
  {
    name: 'every share is on the polynomial',
    scheme,
    kind: 'unverified share',
    file: 'sharing/feldman.ts',
    edits: [
      {
        find: 'return share === 0n ? curve.isIdentity(expected) : curve.equals(curve.multiplyBase(share), expected);',
        replace: 'return share === 0n ? curve.isIdentity(expected) : share > 0n;',
      },
    ],
    tests: ['sharing/sharing'],
  },
  {
    name: 'party zero, whose share is the secret',
    scheme,
    kind: 'swapped identities',
    file: 'sharing/parameters.ts',
    edits: [{ find: 'index >= 1 && index', replace: 'index >= 0 && index' }],
    tests: ['sharing/sharing'],
  },
  {
    name: 'one party twice in an interpolation',
    scheme,
    kind: 'signer set',
    file: 'sharing/parameters.ts',
    edits: [{ find: 'if (seen.has(index)) {', replace: 'if (seen.has(index) && index < 0) {' }],
    tests: ['sharing/sharing'],
  },
  {
    name: 'Lagrange coefficients with the sign of the denominator lost',
    scheme,
    kind: 'wrong weights',
    file: 'sharing/lagrange.ts',
    edits: [
      {
        find: '  return modulo(curve, numerator * invert(curve, denominator));',
        replace: '  return modulo(curve, numerator * invert(curve, -denominator));',
      },
    ],
    tests: ['sharing/sharing'],
  },
  {
    name: 'child key without the key identifier',
    scheme,
    kind: 'missing tweak',
    file: 'derivation/derive-child-public-key.ts',
    edits: [
      {
        find: 'curve.add(root, curve.multiplyBasePublic(tweak))',
        replace: 'curve.add(root, curve.multiplyBasePublic(tweak * 0n))',
      },
    ],
    tests: ['derivation/derive'],
  },
  {
    name: 'tweaks of two curves from one tag',
    scheme,
    kind: 'domain separation',
    file: 'derivation/derive-tweak.ts',
    edits: [
      { find: 'LIT_HD_KEY_ID_P256_XMD:SHA-256_SSWU_RO_NUL_', replace: 'LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_' },
    ],
    tests: ['derivation/derive'],
  },
];
