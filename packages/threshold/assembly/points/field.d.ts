/** Made by build/points/field-source.ts, unrolled for the curve's field. What it promises of values stands there. */
export declare const LIMBS: i32;
/** Size of an element in memory: limbs, and zeros up to a multiple of four. Bytes. */
export declare const ELEMENT: usize;
export declare const LIMB_BITS: i32;
export declare const MODULUS_BITS: i32;
/** Montgomery's product a · b / R. `out` may be an operand, here and below. */
export declare function multiply(out: usize, a: usize, b: usize): void;
export declare function square(out: usize, a: usize): void;
export declare function add(out: usize, a: usize, b: usize): void;
export declare function subtract(out: usize, a: usize, b: usize): void;
export declare function copy(out: usize, a: usize): void;
