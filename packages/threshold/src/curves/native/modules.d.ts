/** The parts of the native packages that are used here; neither ships types. */

declare module 'secp256k1/bindings.js' {
  export interface Secp256k1 {
    publicKeyCreate(secret: Uint8Array, compressed: boolean): Uint8Array;
    publicKeyConvert(point: Uint8Array, compressed: boolean): Uint8Array;
    publicKeyNegate(point: Uint8Array, compressed: boolean): Uint8Array;
    publicKeyCombine(points: Uint8Array[], compressed: boolean): Uint8Array;
    publicKeyTweakMul(point: Uint8Array, scalar: Uint8Array, compressed: boolean): Uint8Array;
    ecdh(
      point: Uint8Array,
      secret: Uint8Array,
      options: { hashfn: (x: Uint8Array, y: Uint8Array) => Uint8Array; xbuf: Uint8Array; ybuf: Uint8Array },
      output: Uint8Array,
    ): Uint8Array;
  }
  const secp256k1: Secp256k1;
  export default secp256k1;
}

declare module 'sodium-native' {
  export interface Sodium {
    crypto_core_ed25519_is_valid_point(point: Uint8Array): boolean;
    crypto_scalarmult_ed25519_base_noclamp(result: Uint8Array, scalar: Uint8Array): void;
    crypto_scalarmult_ed25519_noclamp(result: Uint8Array, scalar: Uint8Array, point: Uint8Array): void;
  }
  const sodium: Sodium;
  export default sodium;
}
