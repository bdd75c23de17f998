import { bigintToBytes, bytesToBigint } from '@keymesh/foundation';

/** 2^24: a product of two limbs and a sum of 22 of them are exact in a double. */
const LIMB_BITS = 24;
const LIMB = 2 ** LIMB_BITS;
/** Multiplying by it is exact, and faster than dividing. */
const PER_LIMB = 1 / LIMB;
const LIMB_BYTES = 3;
/** 264 bits: a scalar, and sums of a few. */
const LIMBS = 11;
/** Limbs of a product, and of a sum of many. */
const WIDE_LIMBS = 2 * LIMBS + 1;
const SCALAR_BYTES = 32;
/** Of the highest limb, what is above 2^256 begins here. */
const TOP = 2 ** (256 - LIMB_BITS * (LIMBS - 1));
const PER_TOP = 1 / TOP;
/** Where the limbs end that each pass of a reduction folds: values have at most 530, 402, 276, 265 bits before it. */
const FOLD_ENDS = [WIDE_LIMBS + 1, 18, 12, 12];
/** Limbs of 2^256 − order, and of 2^8 times that. */
const FOLD_LIMBS = 6;

/**
 * Arithmetic with rows of scalars modulo an order 2^256 − c with c < 2^136, as secp256k1's is: the inner loop of the
 * multiplication. Without `bigint` it makes no garbage, and neither branches on a value nor looks one up. Whether the
 * processor multiplies doubles in constant time is another question; for finite normal numbers it usually does.
 *
 * A vector is limbs of 24 bits, lowest first, `LIMBS` for each scalar.
 */
export class RowArithmetic {
  readonly #order: bigint;
  /** c = 2^256 − order. */
  readonly #complement: Float64Array;
  /** 2^264 modulo the order. */
  readonly #fold: Float64Array;
  readonly #twiceOrder: Float64Array;
  readonly #wide = new Float64Array(WIDE_LIMBS + 1);
  readonly #narrow = new Float64Array(LIMBS + 1);

  constructor(order: bigint) {
    this.#order = order;
    const complement = 2n ** 256n - order;
    this.#complement = limbsOf(complement, FOLD_LIMBS);
    this.#fold = limbsOf(complement << 8n, FOLD_LIMBS);
    this.#twiceOrder = limbsOf(2n * order, LIMBS);
  }

  /** The limbs of 32-byte big-endian integers, reduced or not. */
  decode(bytes: Uint8Array): Float64Array {
    const count = bytes.length / SCALAR_BYTES;
    const limbs = new Float64Array(count * LIMBS);
    for (let item = 0; item < count; item++) {
      let at = (item + 1) * SCALAR_BYTES - 1;
      for (let i = 0; i < LIMBS - 1; i++, at -= LIMB_BYTES) {
        limbs[item * LIMBS + i] =
          (bytes[at] as number) | ((bytes[at - 1] as number) << 8) | ((bytes[at - 2] as number) << 16);
      }
      limbs[item * LIMBS + LIMBS - 1] = (bytes[at] as number) | ((bytes[at - 1] as number) << 8);
    }
    return limbs;
  }

  /** Limbs of scalars that are few. */
  fromScalars(scalars: readonly bigint[]): Float64Array {
    const limbs = new Float64Array(scalars.length * LIMBS);
    scalars.forEach((scalar, i) => {
      limbs.set(limbsOf(scalar, LIMBS), i * LIMBS);
    });
    return limbs;
  }

  /** a − b + addend[position mod addends], reduced, as bytes. */
  maskRows(a: Float64Array, b: Float64Array, addends: Float64Array): Uint8Array {
    const bytes = new Uint8Array((a.length / LIMBS) * SCALAR_BYTES);
    const narrow = this.#narrow;
    for (let at = 0, item = 0; at < a.length; at += LIMBS, item++) {
      const addend = at % addends.length;
      for (let i = 0; i < LIMBS; i++) {
        narrow[i] =
          (a[at + i] as number) -
          (b[at + i] as number) +
          (addends[addend + i] as number) +
          (this.#twiceOrder[i] as number);
      }
      this.#writeReduced(bytes, item);
    }
    return bytes;
  }

  /** a_j += bit_j · b_j for rows of `width` scalars; bits are 0 or 1. */
  addChosen(a: Float64Array, b: Float64Array, bits: Uint8Array, width: number): void {
    const rowLimbs = width * LIMBS;
    for (let at = 0; at < a.length; at += LIMBS) {
      const bit = bits[Math.floor(at / rowLimbs)] as number;
      let carry = 0;
      for (let i = 0; i < LIMBS; i++) {
        const sum = (a[at + i] as number) + bit * (b[at + i] as number) + carry;
        carry = Math.floor(sum * PER_LIMB);
        a[at + i] = sum - carry * LIMB;
      }
    }
  }

  /** Σ_j bit_j · factor_j, reduced; bits are 0 or 1. */
  chosenSum(factors: Float64Array, bits: Uint8Array): bigint {
    const sum = new Float64Array(LIMBS + 1);
    for (let at = 0, item = 0; at < factors.length; at += LIMBS, item++) {
      const bit = bits[item] as number;
      for (let i = 0; i < LIMBS; i++) sum[i] = (sum[i] as number) + bit * (factors[at + i] as number);
    }
    return this.#toScalar(sum);
  }

  /** Σ_j factor_j · rows_(j, column), reduced. */
  innerProduct(factors: Float64Array, rows: Float64Array, width: number, column: number): bigint {
    const sum = new Float64Array(WIDE_LIMBS + 1);
    for (let factor = 0, at = column * LIMBS; factor < factors.length; factor += LIMBS, at += width * LIMBS) {
      addProduct(sum, factors, factor, rows, at);
      carryThrough(sum);
    }
    return this.#toScalar(sum);
  }

  #toScalar(limbs: Float64Array): bigint {
    const value = limbs.reduceRight((total, limb) => (total << BigInt(LIMB_BITS)) + BigInt(limb), 0n);
    limbs.fill(0);
    return value % this.#order;
  }

  /** rows_(j, last) + Σ_i weight_i · rows_(j, i) + bit_j · offset for each row, reduced, as bytes. */
  combineRows(rows: Float64Array, weights: Float64Array, bits: Uint8Array, offset: Float64Array): Uint8Array {
    const inputs = weights.length / LIMBS;
    const rowLimbs = (inputs + 1) * LIMBS;
    const count = rows.length / rowLimbs;
    const bytes = new Uint8Array(count * SCALAR_BYTES);
    const wide = this.#wide;
    for (let row = 0; row < count; row++) {
      const at = row * rowLimbs;
      const bit = bits[row] as number;
      wide.fill(0);
      for (let i = 0; i < LIMBS; i++) {
        wide[i] = (rows[at + inputs * LIMBS + i] as number) + bit * (offset[i] as number);
      }
      for (let input = 0; input < inputs; input++) addProduct(wide, weights, input * LIMBS, rows, at + input * LIMBS);
      this.#foldWide();
      this.#writeReduced(bytes, row);
    }
    return bytes;
  }

  /** `#wide` modulo the order, below 2^264 + a little, to `#narrow`. */
  #foldWide(): void {
    const wide = this.#wide;
    carryThrough(wide);
    for (const end of FOLD_ENDS) {
      for (let high = LIMBS; high < end; high++) {
        const limb = wide[high] as number;
        wide[high] = 0;
        for (let i = 0; i < FOLD_LIMBS; i++) {
          // A limb that is written here above `LIMBS` is folded in the next pass, once it has carried.
          this.#carryIn(high - LIMBS + i, limb * (this.#fold[i] as number));
        }
      }
      for (let i = 0; i < end; i++) {
        wide[i] = (wide[i] as number) + (this.#pending[i] as number);
        this.#pending[i] = 0;
      }
      carryThrough(wide);
    }
    for (let i = 0; i <= LIMBS; i++) this.#narrow[i] = wide[i] as number;
  }

  readonly #pending = new Float64Array(WIDE_LIMBS + 1);
  #carryIn(at: number, value: number): void {
    this.#pending[at] = (this.#pending[at] as number) + value;
  }

  /** Carries `#narrow`, a value in [0, 2^264), reduces it to [0, order) and writes it. */
  #writeReduced(bytes: Uint8Array, item: number): void {
    const narrow = this.#narrow;
    carryNarrow(narrow);
    for (let pass = 0; pass < 2; pass++) {
      const top = Math.floor((narrow[LIMBS - 1] as number) * PER_TOP);
      narrow[LIMBS - 1] = (narrow[LIMBS - 1] as number) - top * TOP;
      for (let i = 0; i < FOLD_LIMBS; i++) narrow[i] = (narrow[i] as number) + top * (this.#complement[i] as number);
      carryNarrow(narrow);
    }
    // value ≥ order exactly if value + c ≥ 2^256, and then value − order is that without its top bit.
    const isLarge = this.#exceedsOrder();
    for (let i = 0; i < FOLD_LIMBS; i++) narrow[i] = (narrow[i] as number) + isLarge * (this.#complement[i] as number);
    carryNarrow(narrow);
    narrow[LIMBS - 1] = (narrow[LIMBS - 1] as number) - isLarge * TOP;
    let at = (item + 1) * SCALAR_BYTES - 1;
    for (let i = 0; i < LIMBS - 1; i++, at -= LIMB_BYTES) {
      const limb = narrow[i] as number;
      bytes[at] = limb;
      bytes[at - 1] = limb >> 8;
      bytes[at - 2] = limb >> 16;
    }
    const highest = narrow[LIMBS - 1] as number;
    bytes[at] = highest;
    bytes[at - 1] = highest >> 8;
    narrow.fill(0);
  }

  /** 1 if `#narrow`, below 2^256, is not below the order; else 0. */
  #exceedsOrder(): number {
    let carry = 0;
    for (let i = 0; i < LIMBS; i++) {
      const sum = (this.#narrow[i] as number) + (i < FOLD_LIMBS ? (this.#complement[i] as number) : 0) + carry;
      carry = Math.floor(sum * (i === LIMBS - 1 ? PER_TOP : PER_LIMB));
    }
    return carry;
  }
}

/** The limbs of an integer. */
function limbsOf(value: bigint, count: number): Float64Array {
  const bytes = bigintToBytes(value, count * LIMB_BYTES);
  const limbs = Float64Array.from({ length: count }, (_, i) => {
    const end = bytes.length - i * LIMB_BYTES;
    return Number(bytesToBigint(bytes.subarray(end - LIMB_BYTES, end)));
  });
  bytes.fill(0);
  return limbs;
}

/** sum += a · b, limb by limb, without carrying. */
function addProduct(sum: Float64Array, a: Float64Array, aAt: number, b: Float64Array, bAt: number): void {
  for (let i = 0; i < LIMBS; i++) {
    const limb = a[aAt + i] as number;
    for (let j = 0; j < LIMBS; j++) sum[i + j] = (sum[i + j] as number) + limb * (b[bAt + j] as number);
  }
}

function carryThrough(limbs: Float64Array): void {
  let carry = 0;
  for (let i = 0; i < limbs.length; i++) {
    const sum = (limbs[i] as number) + carry;
    carry = Math.floor(sum * PER_LIMB);
    limbs[i] = sum - carry * LIMB;
  }
}

/** As `carryThrough`, but the highest limb keeps what is above it. */
function carryNarrow(limbs: Float64Array): void {
  let carry = 0;
  for (let i = 0; i < LIMBS - 1; i++) {
    const sum = (limbs[i] as number) + carry;
    carry = Math.floor(sum * PER_LIMB);
    limbs[i] = sum - carry * LIMB;
  }
  limbs[LIMBS - 1] = (limbs[LIMBS - 1] as number) + carry;
}
