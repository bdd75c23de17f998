import { concatBytes, Transcript } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import type { MultiplicationKernel } from '../../src/ecdsa/index.ts';
import { noblePrimitives, referenceKernel } from '../../src/ecdsa/index.ts';
import type { CombinedRows } from '../../src/ecdsa/kernel/multiplication-kernel.ts';
import { assertSameKernel, assertSameRows } from '../../src/ecdsa/kernel/self-test.ts';
import { compileKernel } from '../../src/ecdsa/native/web-assembly.ts';
import { BASE_TRANSFERS, BLOCK_BYTES, parametersOf, WIDTH } from '../../src/ecdsa/parameters.ts';
import { SessionTranscript } from '../../src/ecdsa/session-transcript.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { committee, curves, ECDSA_CURVES, presign, kernel as wasm, withKey } from './network.ts';

const unavailable = expect.objectContaining({ code: 'ecdsa/kernel-unavailable' });

/** Pads or scalars where carries and quotients change, at the front of each third, and random ones. */
function edges(order: bigint, bytes: number): Uint8Array[] {
  const top = 1n << BigInt(8 * bytes);
  const values = [0n, 1n, order - 1n, order, order + 1n, 2n * order - 1n, 2n * order, top - 1n, top - order, top >> 1n];
  for (let bit = 25; bit < 8 * bytes; bit += 26) values.push(1n << BigInt(bit), (1n << BigInt(bit + 1)) - 1n);
  for (let bit = 32; bit < 8 * bytes; bit += 32) values.push((1n << BigInt(bit)) - 1n, top - (1n << BigInt(bit)));
  return values.filter((value) => value < top).map((value) => toBytes(value, bytes));
}
const toBytes = (value: bigint, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * (bytes - 1 - i))) & 0xffn));

/** `count` items of which about half are edges, all of them in some order. */
function mixed(seed: string, order: bigint, bytes: number, count: number): Uint8Array {
  const random = seededRandom(seed);
  const known = edges(order, bytes);
  const picks = random(2 * count);
  return concatBytes(
    ...Array.from({ length: count }, (_, i) =>
      (picks[2 * i] as number) & 1 ? (known[(picks[2 * i + 1] as number) % known.length] as Uint8Array) : random(bytes),
    ),
  );
}

/** `toEqual` looks at each of forty thousand bytes. */
function expectSame(actual: Uint8Array, expected: Uint8Array): void {
  expect(Buffer.compare(actual, expected)).toBe(0);
}
function expectSameRows(actual: CombinedRows, expected: CombinedRows): void {
  expectSame(actual.checks, expected.checks);
  expect(actual.sums).toEqual(expected.sums);
}

describe.each(ECDSA_CURVES)('rows modulo the order of %s', (name) => {
  const curve = nobleCurves[name];
  const { order, scalarBytes } = curve;
  const { factorBits, padBytes, columnBytes } = parametersOf(curve);
  const [fast, reference] = [wasm.rowsOf(curve), referenceKernel.rowsOf(curve)];
  const scalar = fc.oneof(
    fc.constantFrom(0n, 1n, order - 1n, order >> 1n, (1n << 128n) - 1n),
    fc.bigInt({ min: 0n, max: order - 1n }),
  );
  const seed = fc.nat().map(String);
  const pads = (of: string) => mixed(of, order, padBytes, factorBits * WIDTH);
  const runs = { numRuns: 4 };

  it('are masked as in the reference', () => {
    fc.assert(
      fc.property(seed, fc.tuple(scalar, scalar, scalar), (of, addends) => {
        const [zero, one] = [pads(`${of} zero`), pads(`${of} one`)];
        expectSame(fast.maskRows(zero, one, addends), reference.maskRows(zero, one, addends));
      }),
      runs,
    );
  });

  it('are combined as in the reference, as holder and as chooser', () => {
    fc.assert(
      fc.property(seed, fc.tuple(scalar, scalar), scalar, (of, weights, claimed) => {
        const held = pads(of);
        expectSameRows(fast.combineRows(held, weights), reference.combineRows(held, weights));
        const masked = reference.maskRows(pads(`${of} a`), pads(`${of} b`), [claimed, 0n, order - 1n]);
        for (const choices of [seededRandom(of)(columnBytes), new Uint8Array(columnBytes).fill(0xff)]) {
          const chosen = { masked, choices, claimed };
          expectSameRows(fast.combineRows(held, weights, chosen), reference.combineRows(held, weights, chosen));
          expect(fast.chosenSum(choices)).toBe(reference.chosenSum(choices));
        }
      }),
      runs,
    );
  });

  it.each([
    ['all ones', 0xff, order - 1n],
    ['zero', 0, 0n],
  ])('of nothing but %s', (_name, byte, value) => {
    const same = new Uint8Array(factorBits * WIDTH * padBytes).fill(byte);
    const other = new Uint8Array(same.length).fill(byte ^ 0xff);
    const masked = concatBytes(...Array.from({ length: factorBits * WIDTH }, () => curve.encodeScalar(value)));
    const choices = new Uint8Array(columnBytes).fill(byte);
    const chosen = { masked, choices, claimed: value };
    const weights = [value, value];
    const addends = [value, value, value];
    expectSame(fast.maskRows(same, other, addends), reference.maskRows(same, other, addends));
    expectSameRows(fast.combineRows(same, weights, chosen), reference.combineRows(same, weights, chosen));
    expect(fast.chosenSum(choices)).toBe(reference.chosenSum(choices));
  });

  it('are recognised as reduced or not, each of them', () => {
    for (const bytes of edges(order, scalarBytes)) expect(fast.areReduced(bytes)).toBe(reference.areReduced(bytes));
    const many = new Uint8Array(30 * scalarBytes);
    expect(fast.areReduced(many)).toBe(true);
    for (const at of [0, 17, 29]) {
      const one = many.slice();
      one.set(toBytes(order, scalarBytes), at * scalarBytes);
      expect(fast.areReduced(one)).toBe(false);
    }
  });
});

describe('matrices of bits', () => {
  it.each(ECDSA_CURVES)('are those of the reference, in the size of %s', (name) => {
    const { columnBytes } = parametersOf(nobleCurves[name]);
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = seededRandom(seed);
        const [zero, one, corrections] = [0, 1, 2].map(() => random(BASE_TRANSFERS * columnBytes)) as [
          Uint8Array,
          Uint8Array,
          Uint8Array,
        ];
        const [choices, delta, key] = [random(columnBytes), random(BLOCK_BYTES), random(columnBytes - BLOCK_BYTES)];
        const all = (kernel: MultiplicationKernel) => {
          const offered = kernel.offerColumns(zero, one, choices);
          return [
            offered.corrections,
            offered.rows,
            kernel.holdColumns(zero, corrections, delta),
            kernel.hashColumns(key, offered.rows),
            kernel.hashVector(key, choices),
            kernel.hashBlocks((blocks) => noblePrimitives.encryptBlocks(key.slice(0, 32), blocks), zero, 6),
          ];
        };
        const expected = all(referenceKernel);
        for (const [i, actual] of all(wasm).entries()) expectSame(actual, expected[i] as Uint8Array);
      }),
      { numRuns: 3 },
    );
  });
});

describe('a kernel', () => {
  it('that computes something else is refused', () => {
    const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
    const wrong: Partial<MultiplicationKernel>[] = [
      { hashVector: (key, vector) => flip(referenceKernel.hashVector(key, vector)) },
      { hashColumns: (key, rows) => flip(referenceKernel.hashColumns(key, rows)) },
      { holdColumns: (...all) => flip(referenceKernel.holdColumns(...all)) },
      { hashBlocks: (...all) => flip(referenceKernel.hashBlocks(...all)) },
    ];
    for (const part of wrong) {
      expect(() => assertSameKernel({ ...referenceKernel, ...part })).toThrowError(unavailable);
    }
    const { p384 } = nobleCurves;
    const rows = referenceKernel.rowsOf(p384);
    for (const part of [
      { chosenSum: () => 0n },
      { areReduced: () => true },
      { maskRows: (...all: Parameters<typeof rows.maskRows>) => flip(rows.maskRows(...all)) },
    ]) {
      expect(() => assertSameRows({ ...rows, ...part }, p384)).toThrowError(unavailable);
    }
    expect(assertSameRows(rows, p384)).toBe(rows);
  });

  it('that is no WebAssembly is refused', () => {
    expect(() => compileKernel('AAAA')).toThrowError(unavailable);
  });

  it('refuses curves without ECDSA', () => {
    expect(() => wasm.rowsOf(nobleCurves.ed25519)).toThrowError(
      expect.objectContaining({ code: 'ecdsa/invalid-parameters' }),
    );
  });
});

describe('signers with different kernels', () => {
  const members = committee(2, 2, 'kernels');
  it.each(ECDSA_CURVES)('make the same presignature on %s as with one', (name) => {
    const of = { ...members, ...withKey(curves[name], 2, name) };
    const ids = [wasm, referenceKernel].map((other) => {
      const made = presign(of, [1, 2], { kernelOf: (party) => (party === 1 ? wasm : other) });
      return [...made.values()].map(({ id }) => id);
    });
    expect(ids[0]).toEqual(ids[1]);
  });
});

describe('session transcripts', () => {
  it('are those of foundation, byte for byte', () => {
    const field = fc.tuple(fc.constantFrom('a', 'session'), fc.oneof(fc.nat(), fc.uint8Array({ maxLength: 400 })));
    fc.assert(
      fc.property(fc.constantFrom('x', 'ecdsa/v1/test'), fc.array(field), (domain, fields) => {
        const [ours, theirs] = [new SessionTranscript(noblePrimitives, domain), new Transcript(domain)];
        for (const [label, value] of fields) {
          for (const transcript of [ours, theirs]) {
            if (typeof value === 'number') transcript.appendU32(label, value);
            else transcript.append(label, value);
          }
          expect(ours.digest()).toEqual(theirs.digest());
        }
        expect(ours.digest()).toEqual(theirs.digest());
      }),
    );
  });
});
