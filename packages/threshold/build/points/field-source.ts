import type { FieldParameters } from './parameters.ts';

/**
 * AssemblyScript source of a field's hot operations, unrolled for its number of limbs, because neither AssemblyScript
 * nor the engines unroll loops of this kind. Limbs are signed 32-bit numbers in memory and 64-bit ones in registers.
 *
 * Values are signed and lazily reduced: every operation returns limbs below 2^bits + 2^3 in magnitude and a value in
 * (-2p, 2p). No carry can be lost: a column sums `limbs` products of two limbs and `limbs` products of a limb and a term.
 */
export function fieldSource(field: FieldParameters): string {
  return [
    '// Unrolled by packages/threshold/build/points/field-source.ts.',
    `export const LIMBS: i32 = ${field.limbs};`,
    '/** Size of an element in memory: limbs, and zeros up to a multiple of four. Bytes. */',
    `export const ELEMENT: usize = ${16 * vectors(field)};`,
    `export const LIMB_BITS: i32 = ${field.bits};`,
    `export const MODULUS_BITS: i32 = ${bitLength(field.modulus)};`,
    product('multiply', field),
    product('square', field),
    sum('add', field),
    sum('subtract', field),
    copying(field),
    '',
  ].join('\n');
}

/** A value's limbs, least significant first; the last one takes what is left. */
export function limbsOf(value: bigint, { limbs, bits }: FieldParameters): bigint[] {
  return Array.from({ length: limbs }, (_, i) => {
    const rest = value >> BigInt(i * bits);
    return i === limbs - 1 ? rest : rest & ((1n << BigInt(bits)) - 1n);
  });
}

export function bitLength(value: bigint): number {
  return value.toString(2).length;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
const load = (name: string, count: number): string =>
  range(0, count)
    .map((i) => `  const ${name}${i}: i64 = <i64>load<i32>(${name}, ${4 * i});`)
    .join('\n');

/** The multiples of the modulus as terms that fall into a column: offset in limbs, and how a factor enters there. */
function modulusTerms({
  modulus,
  terms,
  bits,
  ...field
}: FieldParameters): { offset: number; of(factor: string): string }[] {
  const parts = terms ?? limbsOf(modulus, { modulus, bits, ...field }).map((limb, i) => [limb, i * bits] as const);
  const total = parts.reduce((sum, [coefficient, exponent]) => sum + (coefficient << BigInt(exponent)), 0n);
  if (total !== modulus) throw new Error('The terms do not add up to the modulus.');
  return parts
    .filter(([coefficient]) => coefficient !== 0n)
    .map(([coefficient, exponent]) => {
      const magnitude = coefficient < 0n ? -coefficient : coefficient;
      const shift = exponent % bits;
      return {
        offset: Math.floor(exponent / bits),
        of: (factor) => {
          const scaled = magnitude === 1n ? factor : `${factor} * ${magnitude}`;
          return `${coefficient < 0n ? '-' : '+'} ${shift === 0 ? scaled : `((${scaled}) << ${shift})`}`;
        },
      };
    });
}

/** Column by column: the products, then the multiple of the modulus that clears the column (Montgomery 1985). */
function product(name: 'multiply' | 'square', field: FieldParameters): string {
  const { limbs, bits } = field;
  const terms = modulusTerms(field);
  const reduction = (column: number): string =>
    range(0, limbs)
      .flatMap((j) => terms.filter(({ offset }) => j + offset === column).map((term) => term.of(`m${j}`)))
      .join(' ');
  const lines = [load('a', limbs), ...(name === 'multiply' ? [load('b', limbs)] : []), '  let t: i64 = 0;'];
  for (let column = 0; column < 2 * limbs; column++) {
    if (column < 2 * limbs - 1) lines.push(`  t += ${columnOf(name, column, limbs)};`);
    const known = range(0, Math.min(column, limbs))
      .flatMap((j) => terms.filter(({ offset }) => offset > 0 && j + offset === column).map((term) => term.of(`m${j}`)))
      .join(' ');
    if (column < limbs) {
      if (known !== '') lines.push(`  t = t ${known};`);
      lines.push(`  const m${column}: i64 = ${clearing('t', field)};`);
      const own = terms.filter(({ offset }) => offset === 0).map((term) => term.of(`m${column}`));
      lines.push(`  t = (t ${own.join(' ')}) >> ${bits};`);
    } else {
      const rest = reduction(column);
      if (rest !== '') lines.push(`  t = t ${rest};`);
      const last = column === 2 * limbs - 1;
      lines.push(`  store<i32>(out, <i32>${last ? 't' : `(t & ${mask(bits)})`}, ${4 * (column - limbs)});`);
      if (!last) lines.push(`  t >>= ${bits};`);
    }
  }
  const parameters = name === 'multiply' ? 'out: usize, a: usize, b: usize' : 'out: usize, a: usize';
  return `export function ${name}(${parameters}): void {\n${lines.join('\n')}\n}`;
}

function columnOf(name: 'multiply' | 'square', column: number, limbs: number): string {
  const pairs = range(Math.max(0, column - limbs + 1), Math.min(column, limbs - 1) + 1).map(
    (i) => [i, column - i] as const,
  );
  if (name === 'multiply') return pairs.map(([i, j]) => `a${i} * b${j}`).join(' + ');
  const mixed = pairs.filter(([i, j]) => i < j).map(([i, j]) => `a${i} * a${j}`);
  const square = pairs.filter(([i, j]) => i === j).map(([i]) => `a${i} * a${i}`);
  return [...(mixed.length > 0 ? [`((${mixed.join(' + ')}) << 1)`] : []), ...square].join(' + ');
}

/** m with t + m·p divisible by 2^bits. */
function clearing(t: string, { modulus, bits }: FieldParameters): string {
  const radix = 1n << BigInt(bits);
  const factor = radix - inverse(modulus % radix, radix);
  if (factor === 1n) return `${t} & ${mask(bits)}`;
  if (factor === radix - 1n) return `-${t} & ${mask(bits)}`;
  return `((${t} & ${mask(bits)}) * ${factor}) & ${mask(bits)}`;
}

/**
 * Sum or difference; then the multiple of p above 2^foldBits is taken off, and every limb carries into the next. Four
 * limbs at once: no lane overflows, because operands are in (-p, 2p), which bounds the multiple by 3.
 */
function sum(name: 'add' | 'subtract', field: FieldParameters): string {
  const { limbs, bits, foldBits } = field;
  const top = limbs - 1;
  const modulus = signedLimbs(field);
  const operator = name === 'add' ? '+' : '-';
  const operation = name === 'add' ? 'i32x4.add' : 'i32x4.sub';
  const perVector = (value: (limb: number) => number | bigint | string, vector: number): string =>
    `i32x4(${range(4 * vector, 4 * vector + 4)
      .map(value)
      .join(', ')})`;
  const lines = [
    `  const h = i32x4.splat((load<i32>(a, ${4 * top}) ${operator} load<i32>(b, ${4 * top})) >> ${foldBits - bits * top});`,
  ];
  for (const v of range(0, vectors(field))) {
    const plain = `${operation}(v128.load(a, ${16 * v}), v128.load(b, ${16 * v}))`;
    const taken = modulus.slice(4 * v, 4 * v + 4).some((limb) => limb !== 0n)
      ? `i32x4.sub(${plain}, i32x4.mul(h, ${perVector((i) => modulus[i] ?? 0, v)}))`
      : plain;
    lines.push(`  const t${v} = ${taken};`);
    // The top limb keeps its carry, and passes none on to the padding.
    const carry = `i32x4.shr_s(t${v}, ${bits})`;
    const cut = `v128.and(${carry}, ${perVector((i) => (i < top ? -1 : 0), v)})`;
    lines.push(`  const c${v} = ${v === vectors(field) - 1 ? cut : carry};`);
    const kept = perVector((i) => (i === top ? -1 : mask(bits)), v);
    const below = v === 0 ? 'i32x4.splat(0)' : `c${v - 1}`;
    const moved = `v128.shuffle<i32>(${below}, c${v}, 3, 4, 5, 6)`;
    lines.push(`  v128.store(out, i32x4.add(v128.and(t${v}, ${kept}), ${moved}), ${16 * v});`);
  }
  return `export function ${name}(out: usize, a: usize, b: usize): void {\n${lines.join('\n')}\n}`;
}

function copying(field: FieldParameters): string {
  const lines = range(0, vectors(field)).map((v) => `  v128.store(out, v128.load(a, ${16 * v}), ${16 * v});`);
  return `export function copy(out: usize, a: usize): void {\n${lines.join('\n')}\n}`;
}

/** Vectors of four limbs that an element takes. */
const vectors = ({ limbs }: FieldParameters): number => Math.ceil(limbs / 4);

/** The modulus in limbs that may be negative, so that most of them are zero if it has few terms. */
function signedLimbs(field: FieldParameters): bigint[] {
  const { modulus, terms, limbs, bits } = field;
  if (terms === undefined) return limbsOf(modulus, field);
  const sums = range(0, limbs).map(() => 0n);
  for (const [coefficient, exponent] of terms) {
    const limb = Math.floor(exponent / bits);
    sums[limb] = (sums[limb] as bigint) + (coefficient << BigInt(exponent % bits));
  }
  return sums;
}

const mask = (bits: number): string => `${(1n << BigInt(bits)) - 1n}`;

/** By Newton's iteration: for an odd value and a power of two. */
function inverse(value: bigint, radix: bigint): bigint {
  let result = 1n;
  for (let i = 0; i < 8; i++) result = (((result * (2n - value * result)) % radix) + radix) % radix;
  return result;
}
