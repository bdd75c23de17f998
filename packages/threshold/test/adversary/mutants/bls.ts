import type { Mutant } from './mutant.ts';

const scheme = 'BLS';
const tests = ['bls/signatures'];
const behaviour = ['bls/backend'];
const identity = ['bls/identity'];

export const blsMutants: readonly Mutant[] = [
  {
    name: 'combined signature that is not verified',
    scheme,
    kind: 'unverified share',
    file: 'bls/combine.ts',
    edits: [
      {
        find: 'if (backend.verify(key, message, optimistic)) return',
        replace: 'if (backend.verify(key, message, optimistic) || true) return',
      },
    ],
    tests,
  },
  {
    name: 'second signature that is not verified',
    scheme,
    kind: 'rogue key',
    file: 'bls/combine.ts',
    edits: [
      {
        find: '  if (backend.verify(key, message, point)) return { point, culprits };',
        replace: '  if (backend.verify(key, message, point) || true) return { point, culprits };',
      },
    ],
    tests,
  },
  {
    name: 'signature from fewer good parts than the threshold',
    scheme,
    kind: 'signer set',
    file: 'bls/combine.ts',
    edits: [{ find: '  if (honest.length < threshold) throw', replace: '  if (honest.length < 1) throw' }],
    tests,
  },
  {
    name: 'every partial signature is valid',
    scheme,
    kind: 'unverified share',
    file: 'bls/partial-signature.ts',
    edits: [
      {
        find: 'return signature !== undefined && backend.verify(point, message, signature);',
        replace: 'return signature !== undefined && !!point && !!message;',
      },
    ],
    tests,
  },
  {
    name: 'batch without random weights: errors cancel',
    scheme,
    kind: 'wrong weights',
    file: 'bls/partial-signature.ts',
    edits: [
      { find: 'bytesToBigint(random(BATCH_WEIGHT_BYTES))', replace: 'bytesToBigint(random(BATCH_WEIGHT_BYTES)) ** 0n' },
    ],
    tests,
  },
  {
    name: 'one party twice',
    scheme,
    kind: 'signer set',
    file: 'bls/partial-signature.ts',
    edits: [{ find: '  assertDistinctParties(partials.map(({ party }) => party));\n', replace: '' }],
    tests: ['adversary/points'],
  },
  {
    name: 'party that is not one',
    scheme,
    kind: 'swapped identities',
    file: 'bls/partial-signature.ts',
    edits: [{ find: '  assertPartyIndex(party);\n', replace: '' }],
    tests,
  },
  {
    name: 'Lagrange weights off by one party',
    scheme,
    kind: 'wrong weights',
    file: 'bls/interpolation.ts',
    edits: [{ find: 'numerator *= BigInt(other);', replace: 'numerator *= BigInt(other + 1);' }],
    tests: ['bls/interpolation'],
  },
  {
    name: 'identity as key or signature verifies (noble)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/noble.ts',
    edits: [{ find: '    if (open1(publicKey).is0() || open2(signature).is0()) return false;\n', replace: '' }],
    tests: [...behaviour, ...tests],
  },
  {
    name: 'identity is decoded (noble)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/noble.ts',
    edits: [{ find: 'if (!point.is0()) return point;', replace: 'return point;' }],
    tests: behaviour,
  },
  {
    name: 'uncompressed form is decoded (noble)',
    scheme,
    kind: 'non-canonical encoding',
    file: 'bls/noble.ts',
    edits: [{ find: '  if (bytes.length !== length) throw invalidPoint(name);\n', replace: '' }],
    tests: ['adversary/points'],
  },
  {
    name: 'points outside the subgroup of G1 (mcl)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/mcl.ts',
    edits: [{ find: 'verifyOrderG1(true);', replace: 'verifyOrderG1(false);' }],
    tests: behaviour,
  },
  {
    name: 'points outside the subgroup of G2 (mcl)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/mcl.ts',
    edits: [{ find: 'verifyOrderG2(true);', replace: 'verifyOrderG2(false);' }],
    tests: behaviour,
  },
  {
    name: 'identity as key or signature verifies (mcl)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/mcl.ts',
    edits: [{ find: '      if (open1(publicKey).isZero() || open2(signature).isZero()) return false;\n', replace: '' }],
    tests: [...behaviour, ...tests],
  },
  {
    name: 'points outside the subgroup of G2 (blst)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/native/index.ts',
    edits: [
      { find: 'blst.Signature.fromBytes(copy, true, true)', replace: 'blst.Signature.fromBytes(copy, false, false)' },
    ],
    tests: behaviour,
  },
  {
    name: 'points outside the subgroup of G1 (blst)',
    scheme,
    kind: 'identity or small subgroup',
    file: 'bls/native/index.ts',
    edits: [{ find: 'blst.PublicKey.fromBytes(copy, true)', replace: 'blst.PublicKey.fromBytes(copy, false)' }],
    tests: behaviour,
  },
  {
    name: 'multiplication that is not blinded (mcl)',
    scheme,
    kind: 'biased nonce',
    file: 'bls/mcl.ts',
    edits: [{ find: 'blind.setLittleEndianMod(blindBytes);', replace: 'blind.setLittleEndianMod(new Uint8Array(1));' }],
    tests: ['adversary/blinding'],
  },
  {
    name: 'secret scalar that is zero or not reduced',
    scheme,
    kind: 'non-canonical encoding',
    file: 'bls/backend.ts',
    edits: [
      { find: 'if (anyBit !== 0 && borrow === 1) return;', replace: 'if (anyBit !== 0 || borrow === 1) return;' },
    ],
    tests: behaviour,
  },
  {
    name: 'account signature without the account',
    scheme,
    kind: 'domain separation',
    file: 'bls/account-message.ts',
    edits: [
      {
        find: 'concatBytes(DOMAIN, bigintToBytes(tokenId, TOKEN_ID_BYTES), message)',
        replace: 'concatBytes(DOMAIN, message)',
      },
    ],
    tests: ['bls/account-message'],
  },
  {
    name: 'account signature without its domain',
    scheme,
    kind: 'domain separation',
    file: 'bls/account-message.ts',
    edits: [{ find: 'concatBytes(DOMAIN, bigintToBytes', replace: 'concatBytes(bigintToBytes' }],
    tests: ['bls/account-message'],
  },
  {
    name: 'ciphertext that does not encrypt again to itself',
    scheme,
    kind: 'malleable signature',
    file: 'bls/identity/decrypt.ts',
    edits: [
      {
        find: 'return equalBytes(expected, uBytes) ? plaintext : undefined;',
        replace: 'return expected.length === uBytes.length ? plaintext : undefined;',
      },
    ],
    tests: identity,
  },
  {
    name: 'ciphertext with bits in its padding',
    scheme,
    kind: 'non-canonical encoding',
    file: 'bls/identity/ciphertext.ts',
    edits: [{ find: '  if (padded.subarray(end).some((byte) => byte !== 0)) return undefined;\n', replace: '' }],
    tests: identity,
  },
  {
    name: 'length in a longer form than the shortest',
    scheme,
    kind: 'non-canonical encoding',
    file: 'bls/identity/varint.ts',
    edits: [
      {
        find: 'return i > 0 && byte === 0 ? undefined : { value, end: offset + i + 1 };',
        replace: 'return { value, end: offset + i + 1 };',
      },
    ],
    tests: identity,
  },
  {
    name: 'ciphertext of another scheme',
    scheme,
    kind: 'domain separation',
    file: 'bls/identity/ciphertext.ts',
    edits: [
      {
        find: "  if (bytes[bytes.length - 1] !== SCHEME_PROOF_OF_POSSESSION) throw malformed('its scheme is unknown');\n",
        replace: '',
      },
    ],
    tests: identity,
  },
  {
    name: 'encryption scalar that does not depend on the plaintext',
    scheme,
    kind: 'reuse',
    file: 'bls/identity/derivations.ts',
    edits: [
      {
        find: 'concatBytes(alpha, sha256(plaintext), Uint8Array.of(0))',
        replace: 'concatBytes(alpha, sha256(plaintext.slice(0, 0)), Uint8Array.of(0))',
      },
    ],
    tests: ['bls/reference-oracle', ...identity],
  },
  {
    name: 'the same one-time secret for every ciphertext',
    scheme,
    kind: 'reuse',
    file: 'bls/identity/derivations.ts',
    edits: [
      { find: 'const wide = random(WIDE_SCALAR_BYTES);', replace: 'const wide = random(WIDE_SCALAR_BYTES).fill(7);' },
    ],
    tests: identity,
  },
];
