import { bitLength, limbsOf } from './field-source.ts';
import type { CurveParameters, EdwardsParameters, FieldParameters } from './parameters.ts';

/** AssemblyScript source of a curve's constants: numbers, and pointers to field elements in Montgomery form or exponents. */
export function constantsSource(curve: CurveParameters): string {
  const { field, order, generator } = curve;
  const p = field.modulus;
  const fieldBytes = Math.ceil(bitLength(p) / 8);
  const element = (value: bigint): string => elementSource(field, montgomery(field, value));
  return [
    '// Made by packages/threshold/build/points/constants-source.ts.',
    numberSource('FIELD_BYTES', fieldBytes),
    // A field element, and a byte of signs.
    numberSource('ENCODING_BYTES', fieldBytes + 1),
    numberSource('ORDER_BITS', bitLength(order)),
    numberSource('TWO_ADICITY', twoAdicity(p)),
    numberSource('TWO_ADIC_DIGIT_BITS', Math.min(twoAdicity(p), 8)),
    pointerSource('MODULUS', elementSource(field, p)),
    pointerSource('ONE_PLAIN', elementSource(field, 1n)),
    pointerSource('ONE', element(1n)),
    pointerSource('R_SQUARED', elementSource(field, montgomery(field, montgomery(field, 1n)))),
    pointerSource('GENERATOR_X', element(generator[0])),
    pointerSource('GENERATOR_Y', element(generator[1])),
    pointerSource('INVERSION', exponentSource(p - 2n)),
    // p − 1 = q · 2^TWO_ADICITY: the exponent (q − 1) / 2, and an element of order 2^TWO_ADICITY.
    pointerSource('INVERSE_ROOT', exponentSource((((p - 1n) >> BigInt(twoAdicity(p))) - 1n) / 2n)),
    pointerSource('TWO_ADIC_ROOT', element(twoAdicRoot(p))),
    ...(curve.form === 'weierstrass'
      ? [pointerSource('B', element(curve.b))]
      : edwardsConstants(curve).map(([name, value]) => pointerSource(name, element(value)))),
    ...(curve.form === 'edwards'
      ? [`export const A_IS_ONE: bool = ${curve.a === 1n};`, numberSource('COFACTOR_BITS', curve.cofactorBits)]
      : []),
    '',
  ].join('\n');
}

function edwardsConstants({ a, d, field, encoding }: EdwardsParameters): [name: string, value: bigint][] {
  const p = field.modulus;
  const residue = (value: bigint): bigint => ((value % p) + p) % p;
  const constants: [string, bigint][] = [
    ['D', residue(d)],
    // a is its own inverse.
    ['DELTA', residue(d * a)],
    ['ONE_MINUS_DELTA', residue(1n - d * a)],
  ];
  if (encoding === 'decaf377') constants.push(['A_MINUS_D', residue(a - d)], ['FOUR_D', residue(4n * d)]);
  if (encoding === 'ristretto255') {
    constants.push(
      // The order is four in this field: its root of unity is a root of −1.
      ['MINUS_ONE_ROOT', twoAdicRoot(p)],
      ['INVERSE_ROOT_A_MINUS_D', inverseRoot(residue(a - d), p)],
    );
  }
  return constants;
}

function twoAdicity(p: bigint): number {
  let power = 0;
  while ((p - 1n) % 2n ** BigInt(power + 1) === 0n) power++;
  return power;
}

/** The first non-residue to the power of the odd part of p − 1. */
function twoAdicRoot(p: bigint): bigint {
  let candidate = 2n;
  while (power(candidate, (p - 1n) / 2n, p) === 1n) candidate++;
  return power(candidate, (p - 1n) >> BigInt(twoAdicity(p)), p);
}

/** 1 / √value, for p ≡ 5 (mod 8). */
function inverseRoot(value: bigint, p: bigint): bigint {
  const candidate = power(value, (p - 5n) / 8n, p);
  const root = (candidate ** 2n * value) % p === 1n ? candidate : (candidate * twoAdicRoot(p)) % p;
  if ((root ** 2n * value) % p !== 1n) throw new Error('There is no root.');
  return root;
}

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) result = (result * result * (bit === '1' ? base : 1n)) % p;
  return result;
}

const montgomery = (field: FieldParameters, value: bigint): bigint =>
  (value << BigInt(field.limbs * field.bits)) % field.modulus;

const numberSource = (name: string, value: number): string => `export const ${name}: i32 = ${value};`;
const pointerSource = (name: string, data: string): string => `export const ${name}: usize = ${data};`;

const elementSource = (field: FieldParameters, value: bigint): string =>
  `memory.data<i32>([${[...limbsOf(value, field), 0n, 0n, 0n].slice(0, 4 * Math.ceil(field.limbs / 4)).join(', ')}], 16)`;

/** 32-bit words, least significant first, with the word of zeros that `bitsAt` wants behind them. */
function exponentSource(exponent: bigint): string {
  const words = Array.from({ length: Math.ceil(bitLength(exponent) / 32) + 1 }, (_, i) =>
    BigInt.asUintN(32, exponent >> BigInt(32 * i)),
  );
  return `memory.data<u32>([${words.join(', ')}], 4)`;
}
