import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from './bytes.ts';
import { Writer } from './encoding.ts';
import { utf8 } from './text.ts';

/**
 * A domain-separated hash over labelled fields: SHA-256 of `keymesh/<domain>` and then, for each field, its label and
 * its bytes, every one behind its length. Two different sequences of fields never give the same input.
 */
export class Transcript {
  readonly #hash = sha256.create();

  /** @param domain names the protocol and its version, e.g. `dkg/v1/commitment`. Unique in the code base. */
  constructor(domain: string) {
    this.#hash.update(new Writer().text(`keymesh/${domain}`).finish());
  }

  append(label: string, bytes: Uint8Array): this {
    this.#hash.update(new Writer().text(label).bytes(bytes).finish());
    return this;
  }

  appendU32(label: string, value: number): this {
    return this.append(label, new Writer().u32(value).finish());
  }

  /** The 32-byte digest. The transcript can go on afterwards. */
  digest(): Uint8Array {
    return this.#hash.clone().digest();
  }
}

/** SHA-256 of the joined parts, without domain: only where another specification fixes the input. */
export function sha256Of(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return sha256(concatBytes(...parts.map((part) => (typeof part === 'string' ? utf8(part) : part))));
}
