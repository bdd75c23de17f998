import { fromHex, toHex, utf8 } from '@keymesh/foundation';
import { BLS_ORDER, type BlsBackend, G2_BYTES, nobleBls } from '@keymesh/threshold/bls';
import { beforeAll, describe, expect, it } from 'vitest';
import { scalarBytes, seededRandom } from './fixtures.ts';
import eth2 from './vectors/eth2-sign.json' with { type: 'json' };

const random = seededRandom('backend');
/** On the curve y² = x³ + 4 at x = 4, outside the prime-order subgroup. */
const OUTSIDE_SUBGROUP_G1 = `80${'00'.repeat(46)}04`;
/** The field prime: x = p is not a canonical coordinate. */
const FIELD_PRIME = '1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab';

/** What every `BlsBackend` must do, whichever library computes. */
export function describeBackend(name: string, load: () => Promise<BlsBackend>): void {
  describe(`backend ${name}`, () => {
    let backend: BlsBackend;
    beforeAll(async () => {
      backend = await load();
    });

    it('signs and verifies the Ethereum vectors', () => {
      for (const { secretKey, message, signature } of eth2.cases) {
        const secret = fromHex(secretKey);
        const signed = backend.sign(secret, fromHex(message), random);
        expect(toHex(backend.encodeG2(signed))).toBe(signature);
        const publicKey = backend.multiplyG1Base(secret, random);
        expect(backend.verify(publicKey, fromHex(message), signed)).toBe(true);
        expect(backend.verify(publicKey, fromHex(`${message}00`), signed)).toBe(false);
      }
    });

    it('hashes to G2 as the reference does', () => {
      const messages = ['', 'abc', 'abcdef0123456789', `q128_${'q'.repeat(128)}`, `a512_${'a'.repeat(512)}`];
      for (const message of messages.map(utf8)) {
        expect(toHex(backend.encodeG2(backend.hashToG2(message)))).toBe(
          toHex(nobleBls.encodeG2(nobleBls.hashToG2(message))),
        );
      }
    });

    it('multiplies by the smallest and largest scalars and refuses others', () => {
      const generator = backend.encodeG1(backend.multiplyG1Base(scalarBytes(1n), random));
      expect(toHex(generator)).toMatch(/^97f1d3a7/);
      const negated = backend.encodeG1(backend.multiplyG1Base(scalarBytes(BLS_ORDER - 1n), random));
      expect(toHex(negated)).toBe(toHex(generator).replace(/^9/, 'b'));
      const point = backend.decodeG1(generator);
      for (const bad of [scalarBytes(0n), scalarBytes(BLS_ORDER), new Uint8Array(31).fill(1), new Uint8Array(33)]) {
        const refused = expect.objectContaining({ code: 'curve/invalid-scalar' });
        expect(() => backend.multiplyG1Base(bad, random)).toThrow(refused);
        expect(() => backend.multiplyG1(point, bad, random)).toThrow(refused);
        expect(() => backend.sign(bad, utf8('m'), random)).toThrow(refused);
      }
    });

    it('computes sums of products with any integers', () => {
      const [a, b] = [7n, 11n].map((scalar) => backend.multiplyG1Base(scalarBytes(scalar), random));
      for (const [x, y] of [
        [3n, 5n],
        [-3n, 5n],
        [BLS_ORDER + 2n, -BLS_ORDER - 1n],
        [2n ** 300n, 1n],
        [0n, 1n],
      ] as const) {
        const expected = (((7n * x + 11n * y) % BLS_ORDER) + BLS_ORDER) % BLS_ORDER;
        const sum = backend.sumOfProductsG1([a as never, b as never], [x, y]);
        expect(backend.encodeG1(sum)).toEqual(backend.encodeG1(backend.multiplyG1Base(scalarBytes(expected), random)));
        const h = backend.hashToG2(utf8('h'));
        const sum2 = backend.sumOfProductsG2([h, h], [x, y]);
        const expected2 = (((x + y) % BLS_ORDER) + BLS_ORDER) % BLS_ORDER;
        expect(backend.encodeG2(sum2)).toEqual(
          backend.encodeG2(backend.sign(scalarBytes(expected2), utf8('h'), random)),
        );
      }
      expect(() => backend.sumOfProductsG1([], [])).toThrow(/as many scalars/);
      expect(() => backend.sumOfProductsG2([backend.hashToG2(utf8('h'))], [])).toThrow(/as many scalars/);
    });

    it('pairs bilinearly and encodes GT as the reference does', () => {
      const p = backend.multiplyG1Base(scalarBytes(5n), random);
      const q = backend.hashToG2(utf8('identity'));
      const pairing = backend.pairing(p, q);
      const reference = nobleBls.pairing(
        nobleBls.multiplyG1Base(scalarBytes(5n), random),
        nobleBls.hashToG2(utf8('identity')),
      );
      expect(toHex(pairing)).toBe(toHex(reference));
      const moved = backend.pairing(
        backend.multiplyG1Base(scalarBytes(1n), random),
        backend.sumOfProductsG2([q], [5n]),
      );
      expect(toHex(moved)).toBe(toHex(pairing));
      const scaled = backend.pairing(backend.multiplyG1(p, scalarBytes(3n), random), q);
      expect(toHex(scaled)).toBe(toHex(backend.pairing(p, backend.sumOfProductsG2([q], [3n]))));
    });

    it('never accepts or encodes the identity', () => {
      const refused = expect.objectContaining({ code: 'curve/invalid-point' });
      const p = backend.multiplyG1Base(scalarBytes(5n), random);
      const q = backend.hashToG2(utf8('m'));
      const zero1 = backend.sumOfProductsG1([p, p], [1n, -1n]);
      const zero2 = backend.sumOfProductsG2([q], [0n]);
      expect(() => backend.encodeG1(zero1)).toThrow(refused);
      expect(() => backend.encodeG2(zero2)).toThrow(refused);
      expect(() => backend.pairing(zero1, q)).toThrow(refused);
      expect(() => backend.pairing(p, zero2)).toThrow(refused);
      expect(backend.verify(zero1, utf8('m'), q)).toBe(false);
      expect(backend.verify(p, utf8('m'), zero2)).toBe(false);
      expect(backend.verify(zero1, utf8('m'), zero2)).toBe(false);
      expect(() => backend.decodeG1(fromHex(`c0${'00'.repeat(47)}`))).toThrow(refused);
      expect(() => backend.decodeG2(fromHex(`c0${'00'.repeat(95)}`))).toThrow(refused);
    });

    it('refuses bytes that are not a canonical point of the subgroup', () => {
      const refused = expect.objectContaining({ code: 'curve/invalid-point' });
      const g1 = toHex(backend.encodeG1(backend.multiplyG1Base(scalarBytes(9n), random)));
      const g2 = toHex(backend.encodeG2(backend.hashToG2(utf8('m'))));
      const withoutFlag = (hex: string) =>
        (Number.parseInt(hex.slice(0, 2), 16) & 0x7f).toString(16).padStart(2, '0') + hex.slice(2);
      const withFlag = (hex: string) => (Number.parseInt(hex.slice(0, 2), 16) | 0x80).toString(16) + hex.slice(2);
      for (const bad of [
        '',
        g1.slice(2),
        `${g1}00`,
        g1 + g1,
        withoutFlag(g1),
        OUTSIDE_SUBGROUP_G1,
        withFlag(FIELD_PRIME),
        'ff'.repeat(48),
        `c0${'00'.repeat(46)}01`,
        `e0${'00'.repeat(47)}`,
      ]) {
        expect(() => backend.decodeG1(fromHex(bad)), bad).toThrow(refused);
      }
      for (const bad of [
        '',
        g2.slice(2),
        `${g2}00`,
        g2 + g2,
        withoutFlag(g2),
        withFlag(FIELD_PRIME) + '00'.repeat(48),
        `80${'00'.repeat(47)}${FIELD_PRIME}`,
        `c0${'00'.repeat(94)}01`,
        ...pointsOutsideG2(),
      ]) {
        expect(() => backend.decodeG2(fromHex(bad)), bad).toThrow(refused);
      }
    });

    it('keeps to itself what the caller does with the bytes', () => {
      const bytes = backend.encodeG2(backend.hashToG2(utf8('m')));
      const copy = bytes.slice();
      const point = backend.decodeG2(copy);
      copy.fill(0);
      backend.encodeG2(point).fill(0);
      expect(toHex(backend.encodeG2(point))).toBe(toHex(bytes));
    });
  });
}

/** Points with small x: about half exist on the twist, and hardly any point of the twist is in the subgroup. */
function pointsOutsideG2(): string[] {
  return Array.from({ length: 8 }, (_, i) => {
    const bytes = new Uint8Array(G2_BYTES);
    bytes[0] = 0x80;
    bytes[G2_BYTES - 1] = i + 1;
    return toHex(bytes);
  });
}
