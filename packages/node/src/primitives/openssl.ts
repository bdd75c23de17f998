import * as crypto from 'node:crypto';
import { toHex } from '@keymesh/foundation';
import { createOpensslPrimitives, type NodeKeys } from '@keymesh/protocol/openssl-primitives';
import type { Primitives } from '@keymesh/protocol/primitives';
import { VERIFIED_SIGNATURES_MAX } from '../requests/limits.ts';

/**
 * The wire's public-key operations over OpenSSL. Answers about signatures are remembered, because a session's signature
 * and its wallet's come with every request of the session. What is remembered depends on nothing but the question.
 */
export function createNodePrimitives(): Primitives {
  const openssl = createOpensslPrimitives(crypto as unknown as NodeKeys, 'long-lived');
  const recovered = new Memory<Uint8Array | undefined>();
  const verified = new Memory<boolean>();
  return {
    ...openssl,
    recoverSecp256k1: (hash, signature, recovery) =>
      recovered.of(`${recovery}${toHex(hash)}${toHex(signature)}`, () =>
        openssl.recoverSecp256k1(hash, signature, recovery),
      ),
    verifyEd25519: (publicKey, message, signature) =>
      verified.of(`${toHex(publicKey)}/${crypto.hash('sha256', message)}/${toHex(signature)}`, () =>
        openssl.verifyEd25519(publicKey, message, signature),
      ),
  };
}

/** Answers by question; all are forgotten when there are too many. */
class Memory<T> {
  readonly #answers = new Map<string, T>();

  of(question: string, answer: () => T): T {
    if (this.#answers.has(question)) return this.#answers.get(question) as T;
    const found = answer();
    if (this.#answers.size >= VERIFIED_SIGNATURES_MAX) this.#answers.clear();
    this.#answers.set(question, found);
    return found;
  }
}
