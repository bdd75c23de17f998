import { createHash, createPublicKey, verify as verifyByNode } from 'node:crypto';
import { toHex } from '@keymesh/foundation';
import { isSchemeOf, SCHEMES } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, nobleBls, verify as verifyBls } from '@keymesh/threshold/bls';
import { nobleCurves } from '@keymesh/threshold/curves';
import { type FrostScheme, frostSuites, verifySignature } from '@keymesh/threshold/frost';
import { ristretto255_FROST } from '@noble/curves/ed25519.js';
import { p256, p256_FROST, p384 } from '@noble/curves/nist.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Network, publicKeyFor, SCHEME_NAMES, type SchemeName, type Session, sign } from '../src/index.ts';
import { SIGNINGS_AT_ONCE_MAX } from '../src/limits.ts';
import { freshConnection } from './testnet/connection.ts';
import { Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const backends = await testBackends();
const testnets = [new Testnet(4, backends), new Testnet(7, backends)];
const message = new TextEncoder().encode('Pay 5 to Bob.');

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

const NOBLE_CURVES = { secp256k1, p256, p384 } as const;

/** DER header of an Ed25519 public key (RFC 8410 §4). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** As above, of an Ed448 public key. */
const ED448_SPKI = Buffer.from('3043300506032b6571033a00', 'hex');

/** By this project's own verifier; packages/threshold/test/frost compares it with independent ones. */
const bySuite = (scheme: FrostScheme) => (signature: Uint8Array, publicKey: Uint8Array) => {
  const suite = frostSuites[scheme];
  return verifySignature(suite, nobleCurves[suite.curve], publicKey, message, signature);
};

/** Verifiers that share no code with what signs, where JavaScript has one. */
const verifiers: Record<SchemeName, (signature: Uint8Array, publicKey: Uint8Array, testnet: Testnet) => boolean> = {
  SchnorrEd25519Sha512: (signature, publicKey) => {
    const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI, publicKey]), format: 'der', type: 'spki' });
    return verifyByNode(null, message, key, signature);
  },
  SchnorrEd448Shake256: (signature, publicKey) => {
    const key = createPublicKey({ key: Buffer.concat([ED448_SPKI, publicKey]), format: 'der', type: 'spki' });
    return verifyByNode(null, message, key, signature);
  },
  SchnorrP256Sha256: (signature, publicKey) => p256_FROST.verify(signature, message, publicKey),
  SchnorrRistretto25519Sha512: (signature, publicKey) => ristretto255_FROST.verify(signature, message, publicKey),
  SchnorrP384Sha384: bySuite('SchnorrP384Sha384'),
  SchnorrRedJubjubBlake2b512: bySuite('SchnorrRedJubjubBlake2b512'),
  SchnorrRedDecaf377Blake2b512: bySuite('SchnorrRedDecaf377Blake2b512'),
  SchnorrkelSubstrate: bySuite('SchnorrkelSubstrate'),
  SchnorrK256Taproot: (signature, publicKey) => schnorr.verify(signature, sha256(message), publicKey),
  SchnorrK256Sha256: (signature, publicKey) => {
    // FROST(secp256k1, SHA-256) has no verifier elsewhere: z·G = R + c·PK, with RFC 9591 §6.5's challenge.
    const { Point } = secp256k1;
    const R = Point.fromBytes(signature.slice(0, 33));
    const PK = Point.fromBytes(publicKey);
    const z = BigInt(`0x${toHex(signature.slice(33))}`);
    return Point.BASE.multiply(z).equals(R.add(PK.multiply(challenge(R.toBytes(), publicKey))));
  },
  EcdsaK256Sha256: (signature, publicKey) => verifyEcdsa('secp256k1', 'sha256', signature, publicKey),
  EcdsaP256Sha256: (signature, publicKey) => verifyEcdsa('p256', 'sha256', signature, publicKey),
  EcdsaP384Sha384: (signature, publicKey) => verifyEcdsa('p384', 'sha384', signature, publicKey),
  Bls12381: (signature, publicKey, { tokenId }) =>
    verifyBls(nobleBls, publicKey, accountSignatureMessage(BigInt(tokenId), message), signature),
};

/** ECDSA by OpenSSL, which hashes for itself. */
function verifyEcdsa(curve: string, hash: string, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const oid = EC_OIDS[curve]!;
  const algorithm = der(0x30, der(0x06, Buffer.from('2a8648ce3d0201', 'hex')), der(0x06, Buffer.from(oid, 'hex')));
  const spki = der(0x30, algorithm, der(0x03, Buffer.of(0), Buffer.from(publicKey)));
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verifyByNode(hash, message, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** Object identifiers of curves (SEC 2, RFC 5480 §2.1.1.1). */
const EC_OIDS: Record<string, string> = { secp256k1: '2b8104000a', p256: '2a8648ce3d030107', p384: '2b81040022' };

/** X.690, for contents of less than 128 bytes. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}

/** One of each kind: what a scheme does depends on the number of nodes in nothing else. */
const LARGE_NETWORK_SCHEMES: readonly SchemeName[] = ['SchnorrEd25519Sha512', 'EcdsaK256Sha256', 'Bls12381'];

/** What is given to `sign`: of ECDSA the digest. */
function inputOf(scheme: SchemeName): Uint8Array {
  if (!isSchemeOf('ecdsa', scheme)) return message;
  return new Uint8Array(
    createHash(SCHEMES[scheme].root === 'p384' ? 'sha384' : 'sha256')
      .update(message)
      .digest(),
  );
}

/** H2 of RFC 9591 §6.5: hash_to_field of RFC 9380 with expand_message_xmd and L = 48, written out. */
function challenge(R: Uint8Array, publicKey: Uint8Array): bigint {
  const tag = Buffer.from('FROST-secp256k1-SHA256-v1chal');
  const dst = Buffer.concat([tag, Buffer.of(tag.length)]);
  const lengthBytes = 48;
  const input = Buffer.concat([R, publicKey, message]);
  const b0 = sha256(Buffer.concat([Buffer.alloc(64), input, Buffer.of(0, lengthBytes, 0), dst]));
  const b1 = sha256(Buffer.concat([b0, Buffer.of(1), dst]));
  const b2 = sha256(Buffer.concat([Buffer.from(b0.map((byte, i) => byte ^ b1[i]!)), Buffer.of(2), dst]));
  return BigInt(`0x${toHex(Buffer.concat([b1, b2]).subarray(0, lengthBytes))}`) % secp256k1.Point.Fn.ORDER;
}

/** A verifier that throws does not accept either. */
function accepts(scheme: SchemeName, ...rest: Parameters<(typeof verifiers)[SchemeName]>): boolean {
  try {
    return verifiers[scheme](...rest);
  } catch {
    return false;
  }
}

beforeEach(useVirtualTime);
afterEach(() => {
  vi.useRealTimers();
});

describe.each(testnets.map((testnet) => [testnet.nodes.length, testnet] as const))('%i nodes', (n, testnet) => {
  let network: Network;
  let session: Session;
  beforeEach(async () => {
    ({ network, session } = await freshConnection(testnet));
  });

  test.each(n === 4 ? SCHEME_NAMES : LARGE_NETWORK_SCHEMES)(
    'a signature of %s verifies elsewhere, under the key that the chain defines',
    async (scheme) => {
      const input = inputOf(scheme);
      const { value, tookMs } = await succeed(() =>
        sign(network, { session, key: testnet.tokenId, scheme, message: input }),
      );
      expect(verifiers[scheme](value.signature, value.publicKey, testnet)).toBe(true);
      expect(value).toMatchObject({ scheme, culprits: [] });
      expect(value.signature).toHaveLength(SCHEMES[scheme].signatureBytes);
      expect(value.signers).toHaveLength(testnet.threshold);
      expect(tookMs).toBeLessThan(200);
      // One request to each signer, and nothing else.
      expect(testnet.countOf('sign')).toBe(testnet.threshold);
      expect(testnet.fetched.filter((url) => url.includes('node-'))).toHaveLength(testnet.threshold);
      const other = new Uint8Array([...value.signature]);
      other[40]! ^= 1;
      expect(accepts(scheme, other, value.publicKey, testnet)).toBe(false);
    },
  );

  test('secp256k1 public keys are those of the token', async () => {
    const { compressed } = testnet.keyOf(testnet.keyId);
    const { value } = await succeed(() =>
      sign(network, { session, key: testnet.tokenId, scheme: 'SchnorrK256Sha256', message }),
    );
    expect(toHex(value.publicKey)).toBe(compressed);
  });

  test('many at once take turns, and those that fail give theirs on', async () => {
    const { platform } = network;
    let underWay = 0;
    let most = 0;
    const fetch: typeof globalThis.fetch = async (...request) => {
      underWay += 1;
      most = Math.max(most, underWay);
      try {
        return await platform.fetch(...request);
      } finally {
        underWay -= 1;
      }
    };
    const scheme = 'SchnorrEd25519Sha512';
    const signAll = (through: typeof globalThis.fetch) => {
      const own = { ...network, platform: { ...platform, fetch: through } };
      const messages = Array.from({ length: 3 * SIGNINGS_AT_ONCE_MAX }, (_, i) => Uint8Array.of(i));
      return succeed(() =>
        Promise.allSettled(messages.map((each) => sign(own, { session, key: testnet.tokenId, scheme, message: each }))),
      );
    };
    const failed = await signAll(() => Promise.reject(new TypeError('down')));
    expect(new Set(failed.value.map(({ status }) => status))).toEqual(new Set(['rejected']));
    const signed = await signAll(fetch);
    expect(new Set(signed.value.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
    expect(most).toBeGreaterThan(SIGNINGS_AT_ONCE_MAX);
    expect(most).toBeLessThanOrEqual(SIGNINGS_AT_ONCE_MAX * n);
    expect([network.signings.inUse, network.signings.waiting]).toEqual([0, 0]);
  });

  test('the signers of a key are those from its place on, in a circle', async () => {
    for (let seed = 0; seed < n; seed++) {
      const keyId = new Uint8Array(32).fill(seed + 1);
      const tokenId = testnet.mint(keyId);
      const scheme = 'SchnorrEd25519Sha512';
      const { value } = await succeed(() => sign(network, { session, key: tokenId, scheme, message }));
      const expected = testnet.rotation(tokenId).slice(0, testnet.threshold);
      expect(expected[0]).toBe(1 + Number(BigInt(tokenId) % BigInt(n)));
      expect(value.signers).toEqual([...expected].sort((a, b) => a - b));
    }
  });

  describe.each(n === 4 ? SCHEME_NAMES.filter((name) => isSchemeOf('ecdsa', name)) : [])('%s', (scheme) => {
    test('s is low, and the recovery id gives the public key', async () => {
      const ids = new Set<number>();
      for (let i = 0; i < 4; i++) {
        const { value } = await succeed(() =>
          sign(network, { session, key: testnet.tokenId, scheme, message: inputOf(scheme) }),
        );
        const curve = NOBLE_CURVES[SCHEMES[scheme].root as keyof typeof NOBLE_CURVES];
        const signature = curve.Signature.fromBytes(value.signature, 'compact');
        expect(signature.hasHighS()).toBe(false);
        const recovered = signature.addRecoveryBit(value.recoveryId!).recoverPublicKey(inputOf(scheme));
        expect(recovered.toHex(true)).toBe(toHex(value.publicKey));
        ids.add(value.recoveryId!);
      }
      expect([...ids].every((id) => id >= 0 && id <= 3)).toBe(true);
    });

    test.each([0, 31, 33, 47, 49, 64])('a message of %i bytes is no digest', async (length) => {
      const { error } = await fail(() =>
        sign(network, { session, key: testnet.tokenId, scheme, message: new Uint8Array(length) }),
      );
      expect(error).toMatchObject({ code: 'sdk/invalid-argument', fault: 'caller' });
      expect(error.hint).toMatch(/keccak256|SHA-/);
      expect(testnet.fetched).toEqual([]);
    });
  });

  test('only ECDSA has a recovery id', async () => {
    const { value } = await succeed(() =>
      sign(network, { session, key: testnet.tokenId, scheme: 'SchnorrK256Taproot', message }),
    );
    expect('recoveryId' in value).toBe(false);
  });

  test('many at once, each with its own nonces', async () => {
    const scheme = 'SchnorrEd25519Sha512';
    const run = () => sign(network, { session, key: testnet.tokenId, scheme, message });
    const { value } = await succeed(() => Promise.all(Array.from({ length: 5 }, run)));
    for (const { signature, publicKey } of value) expect(verifiers[scheme](signature, publicKey, testnet)).toBe(true);
    expect(new Set(value.map(({ signature }) => toHex(signature))).size).toBe(5);
  });

  test('the message is what it was when signing began', async () => {
    const buffer = message.slice();
    const signing = sign(network, { session, key: testnet.tokenId, scheme: 'Bls12381', message: buffer });
    buffer.fill(0);
    const { value } = await succeed(() => signing);
    expect(verifiers.Bls12381(value.signature, value.publicKey, testnet)).toBe(true);
    expect(value.culprits).toEqual([]);
  });

  test.each([
    ['an unknown scheme', { scheme: 'EcdsaK256Keccak' as SchemeName }],
    ['a text for a message', { message: 'text' as unknown as Uint8Array }],
    ['too long a message', { message: new Uint8Array(64 * 1024 + 1) }],
  ])('%s is refused before anybody is asked', async (_, change) => {
    const scheme: SchemeName = 'Bls12381';
    const { error } = await fail(() => sign(network, { session, key: testnet.tokenId, scheme, message, ...change }));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument', fault: 'caller' });
    expect(testnet.fetched).toEqual([]);
  });

  test('the longest message, and none', async () => {
    for (const length of [0, 64 * 1024]) {
      const long = new Uint8Array(length).fill(7);
      const key = testnet.tokenId;
      const { value } = await succeed(() =>
        sign(network, { session, key, scheme: 'SchnorrK256Taproot', message: long }),
      );
      expect(schnorr.verify(value.signature, sha256(long), value.publicKey)).toBe(true);
    }
  });

  test('public keys of all schemes are computed without asking', () => {
    const key = { tokenId: testnet.tokenId, keyId: testnet.keyId, publicKey: '', address: '' };
    for (const scheme of SCHEME_NAMES) {
      expect(publicKeyFor(network, key, scheme)).toHaveLength(SCHEMES[scheme].publicKeyBytes);
    }
    expect(testnet.fetched).toEqual([]);
    expect(n).toBe(network.nodes.length);
  });
});
