import { assertSamePrimitives, type SymmetricPrimitives } from '../primitives.ts';

/** The parts of `node:crypto` that are used. This package imports no platform module: the caller passes it. */
export interface NodeCrypto {
  createCipheriv(
    algorithm: 'aes-256-ecb',
    key: Uint8Array,
    iv: null,
  ): { setAutoPadding(on: boolean): unknown; update(data: Uint8Array): Uint8Array };
  createHash(algorithm: 'sha256'): {
    update(data: Uint8Array): { digest(): Uint8Array };
  };
}

/**
 * The symmetric primitives over OpenSSL: constant-time where the processor has AES instructions.
 *
 * @param crypto the module `node:crypto`.
 * @throws ThresholdError `ecdsa/primitives-unavailable` if it computes something else than the reference.
 */
export function createOpenSslPrimitives(crypto: NodeCrypto): SymmetricPrimitives {
  return assertSamePrimitives({
    backend: 'openssl',
    encryptBlocks(key, blocks) {
      const cipher = crypto.createCipheriv('aes-256-ecb', key, null);
      cipher.setAutoPadding(false);
      return cipher.update(blocks);
    },
    sha256: (bytes) => crypto.createHash('sha256').update(bytes).digest(),
  });
}
