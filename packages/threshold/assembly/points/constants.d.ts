/** Made by build/points/constants-source.ts. Pointers are to elements in Montgomery form, unless the comment says else. */
export declare const FIELD_BYTES: i32;
/** A field element, and a byte of signs. Bytes. */
export declare const ENCODING_BYTES: i32;
export declare const ORDER_BITS: i32;
/** p − 1 = q · 2^TWO_ADICITY */
export declare const TWO_ADICITY: i32;
export declare const TWO_ADIC_DIGIT_BITS: i32;
/** Of order 2^TWO_ADICITY. */
export declare const TWO_ADIC_ROOT: usize;
/** The exponent (q − 1) / 2, in words. */
export declare const INVERSE_ROOT: usize;
/** The exponent p − 2, in words. */
export declare const INVERSION: usize;
/** p in limbs, not in Montgomery form. */
export declare const MODULUS: usize;
/** 1, not in Montgomery form. */
export declare const ONE_PLAIN: usize;
export declare const ONE: usize;
export declare const R_SQUARED: usize;
export declare const GENERATOR_X: usize;
export declare const GENERATOR_Y: usize;
/** Of Weierstrass curves. */
export declare const B: usize;
/** Of Edwards curves; otherwise a = −1. */
export declare const A_IS_ONE: bool;
/** Of Edwards curves. */
export declare const D: usize;
/** Of Edwards curves: the points of small order are 2^COFACTOR_BITS. */
export declare const COFACTOR_BITS: i32;
/** Of Edwards curves: δ = d / a. */
export declare const DELTA: usize;
/** Of Edwards curves: 1 − δ. */
export declare const ONE_MINUS_DELTA: usize;
/** Of decaf377. */
export declare const A_MINUS_D: usize;
/** Of decaf377. */
export declare const FOUR_D: usize;
/** Of ristretto255: √−1. */
export declare const MINUS_ONE_ROOT: usize;
/** Of ristretto255: 1 / √(a − d). */
export declare const INVERSE_ROOT_A_MINUS_D: usize;
