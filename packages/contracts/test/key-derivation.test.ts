import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { type Address, bytesToHex, type Hex, hexToBytes } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileDerivationHarness, deployBytecode } from './harness.ts';
import { type Network, startNetwork } from './network.ts';

const { Point } = secp256k1;
const N = Point.Fn.ORDER;
const P = Point.Fp.ORDER;
type CurvePoint = InstanceType<typeof Point>;

let network: Network;
let harness: Address;
const compiled = compileDerivationHarness();
beforeAll(async () => {
  network = await startNetwork();
  harness = await deployBytecode(network, compiled.abi, compiled.bytecode);
});
afterAll(() => network.stop());

const call = <T>(functionName: string, args: readonly unknown[]): Promise<T> =>
  network.chain.client.readContract({ address: harness, abi: compiled.abi, functionName, args }) as Promise<T>;
const compressed = (point: CurvePoint): Hex => bytesToHex(point.toBytes(true));
const affine = (point: CurvePoint) => [point.toAffine().x, point.toAffine().y];

/** docs/spec/network.md §2, from noble's RFC 9380 code. */
function tweakOf(keyId: Hex): bigint {
  const DST = 'LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_';
  const options = { DST, p: N, m: 1, k: 128, expand: 'xmd', hash: sha256 } as const;
  return hash_to_field(hexToBytes(keyId), 1, options)[0]![0]!;
}

const scalars = fc.bigInt({ min: 1n, max: N - 1n });
const keyIds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => bytesToHex(bytes));
const EDGE_KEY_IDS: Hex[] = [`0x${'00'.repeat(32)}`, `0x${'ff'.repeat(32)}`, `0x${'00'.repeat(31)}01`];

describe('KeyDerivation against noble', () => {
  test('hash_to_field and the child agree for random key ids and roots', async () => {
    await fc.assert(
      fc.asyncProperty(keyIds, scalars, async (keyId, secret) => {
        const root = Point.BASE.multiply(secret);
        const h = tweakOf(keyId);
        expect(await call('tweak', [keyId])).toBe(h);
        expect(await call('childOf', [compressed(root), keyId])).toEqual(affine(root.add(Point.BASE.multiply(h))));
        // What a node does with the secrets gives the same key.
        expect(affine(Point.BASE.multiply((secret + h) % N))).toEqual(affine(root.add(Point.BASE.multiply(h))));
      }),
      { numRuns: 150, examples: EDGE_KEY_IDS.map((keyId) => [keyId, 1n]) },
    );
  });

  test.each([0n, 1n, 2n, 3n, 4n, (N - 1n) / 2n, (N + 1n) / 2n, 1n << 255n, (1n << 128n) - 1n, N - 3n, N - 2n, N - 1n])(
    'scalar %d',
    async (h) => {
      const root = Point.BASE.multiply(0xdeadbeefn);
      const expected = h === 0n ? root : root.add(Point.BASE.multiply(h));
      expect(await call('addTweak', [compressed(root), h])).toEqual(affine(expected));
    },
  );

  test('a root that equals h·G is doubled', async () => {
    for (const h of [1n, 2n, 12345n, N - 1n]) {
      const root = Point.BASE.multiply(h);
      expect(await call('addTweak', [compressed(root), h])).toEqual(affine(root.double()));
    }
  });

  test('a root that is the opposite of h·G has no child', async () => {
    for (const h of [1n, 2n, 12345n, N - 1n]) {
      const root = Point.BASE.multiply(h).negate();
      await expect(call('addTweak', [compressed(root), h])).rejects.toThrow(/ChildKeyIsInfinity/);
    }
  });

  test('the addition is complete', async () => {
    const cases = fc.tuple(fc.constantFrom(0n, 1n, 2n, N - 1n, N - 2n), fc.constantFrom(1n, 2n, N - 1n, N - 2n));
    await fc.assert(
      fc.asyncProperty(fc.oneof(cases, fc.tuple(scalars, scalars)), async ([k, l]) => {
        const sum = (k + l) % N;
        const [x, y] = affine(Point.BASE.multiply(l));
        const expected = sum === 0n ? [true, 0n, 0n] : [false, ...affine(Point.BASE.multiply(sum))];
        expect(await call('addToMultiple', [k, x, y])).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('decompression agrees and takes only points of the curve', async () => {
    const prefixes = fc.constantFrom(0, 1, 2, 3, 4, 255);
    const coordinates = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
      fc.constantFrom(0n, 1n, 5n, P - 1n, P, P + 1n, (1n << 256n) - 1n),
    );
    await fc.assert(
      fc.asyncProperty(prefixes, coordinates, async (prefix, x) => {
        const encoded = new Uint8Array([prefix, ...hexToBytes(`0x${x.toString(16).padStart(64, '0')}`)]);
        let expected: CurvePoint | undefined;
        try {
          expected = Point.fromBytes(encoded);
        } catch {
          // Not a point.
        }
        const result = call('decompress', [bytesToHex(encoded)]);
        if (expected === undefined) await expect(result).rejects.toThrow(/InvalidCompressedPoint/);
        else expect(await result).toEqual(affine(expected));
      }),
      { numRuns: 100 },
    );
    for (const bytes of ['0x', `0x02${'11'.repeat(31)}`, bytesToHex(Point.BASE.toBytes(false))]) {
      await expect(call('decompress', [bytes])).rejects.toThrow(/InvalidCompressedPoint/);
    }
  });
});
