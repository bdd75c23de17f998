/** Made by build/kernels.ts: it re-exports `weierstrass.ts`, or `edwards.ts` and one of the `…-encoding.ts` files. */

/** Size of a point in memory. Bytes. */
export declare const POINT: usize;
export declare function setIdentity(out: usize): void;
export declare function setGenerator(out: usize): void;
export declare function addPoints(out: usize, p: usize, q: usize): void;
export declare function doublePoint(out: usize, p: usize): void;
export declare function doubleForDoubling(out: usize, p: usize): void;
export declare function negatePoint(out: usize, p: usize): void;
export declare function negateWhere(out: usize, p: usize, mask: i32): void;
export declare function isIdentityPoint(p: usize): bool;
export declare function arePointsEqual(p: usize, q: usize): bool;
export declare function decodePoint(out: usize, bytes: usize): bool;
export declare function decodeTrustedPoint(out: usize, bytes: usize): bool;
export declare function encodePoint(bytes: usize, p: usize): void;
