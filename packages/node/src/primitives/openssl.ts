import * as crypto from 'node:crypto';
import { toHex } from '@keymesh/foundation';
import { createOpensslPrimitives, type NodeKeys } from '@keymesh/protocol/openssl-primitives';
import type { Primitives } from '@keymesh/protocol/primitives';
import { RECOVERED_SIGNERS_MAX } from '../requests/limits.ts';

/**
 * The wire's public-key operations over OpenSSL. Recovered signers are remembered, because a wallet's one signature
 * comes with every request of a session.
 */
export function createNodePrimitives(): Primitives {
  const openssl = createOpensslPrimitives(crypto as unknown as NodeKeys);
  const recovered = new Map<string, Uint8Array | undefined>();
  return {
    ...openssl,
    recoverSecp256k1: (hash, signature, recovery) => {
      const key = `${recovery}${toHex(hash)}${toHex(signature)}`;
      if (recovered.has(key)) return recovered.get(key);
      const publicKey = openssl.recoverSecp256k1(hash, signature, recovery);
      if (recovered.size >= RECOVERED_SIGNERS_MAX) recovered.clear();
      recovered.set(key, publicKey);
      return publicKey;
    },
  };
}
