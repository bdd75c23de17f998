import {
  concatBytes,
  equalBytes,
  type RandomSource,
  SecretBytes,
  Transcript,
  toHex,
  Writer,
} from '@keymesh/foundation';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { NodeError } from '../errors.ts';

/** Bytes of a sealing key. */
export const SEALING_KEY_BYTES = 32;

const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 24;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;
const TAG_BYTES = 16;

/** Where a sealed value belongs; it opens nowhere else. */
export interface SealedPlace {
  /** A number of `NAMESPACES`, or `SEALED_FILE_NAMESPACE`. */
  readonly namespace: number;
  readonly key: Uint8Array;
  /** In words, for errors: `key shares 0a1b…` or a path. */
  readonly name: string;
}

/**
 * Seals what must not be on disk in clear: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) with a random nonce, and
 * with namespace, key and version as associated data, so that values cannot be moved about.
 *
 * Sealed: version u8 ‖ key id(8) ‖ nonce(24) ‖ ciphertext ‖ tag(16). The key id is a hash of the key. It tells a wrong
 * key from a damaged value, which an authentication failure alone cannot.
 */
export class ShareSealer {
  readonly #key: SecretBytes;
  readonly #keyId: Uint8Array;
  readonly #random: RandomSource;

  /** @param key 32 bytes; the sealer owns it from now on. */
  constructor(key: SecretBytes, modules: { readonly random: RandomSource }) {
    this.#key = key;
    this.#random = modules.random;
    this.#keyId = key.expose((bytes) =>
      new Transcript('store/v1/key-id').append('key', bytes).digest().slice(0, KEY_ID_BYTES),
    );
  }

  seal(place: SealedPlace, plaintext: Uint8Array): Uint8Array {
    const nonce = this.#random(NONCE_BYTES);
    const sealed = this.#key.expose((key) => xchacha20poly1305(key, nonce, associatedData(place)).encrypt(plaintext));
    return concatBytes(Uint8Array.of(VERSION), this.#keyId, nonce, sealed);
  }

  /** @throws NodeError `store/wrong-key`, `store/corrupted-row` */
  open(place: SealedPlace, sealed: Uint8Array): SecretBytes {
    if (sealed.length < HEADER_BYTES + TAG_BYTES || sealed[0] !== VERSION) throw corruptedRow(place.name);
    if (!equalBytes(sealed.subarray(1, 1 + KEY_ID_BYTES), this.#keyId)) throw wrongKey(place.name);
    const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
    try {
      return this.#key.expose(
        (key) =>
          new SecretBytes(xchacha20poly1305(key, nonce, associatedData(place)).decrypt(sealed.subarray(HEADER_BYTES))),
      );
    } catch (cause) {
      throw corruptedRow(place.name, cause);
    }
  }

  /** Public: the first bytes of a hash of the key, as hex. */
  get keyId(): string {
    return toHex(this.#keyId);
  }

  wipe(): void {
    this.#key.wipe();
  }
}

function associatedData(place: SealedPlace): Uint8Array {
  return new Writer().u16(place.namespace).bytes(place.key).u8(VERSION).finish();
}

/** @param name the entry, in words. */
export function corruptedRow(name: string, cause?: unknown): NodeError {
  return new NodeError(`The entry "${name}" is damaged.`, {
    code: 'store/corrupted-row',
    fault: 'environment',
    hint: 'Keep the files, and restore the data directory from a backup of this node. Nothing was changed.',
    details: { entry: name },
    cause,
  });
}

function wrongKey(name: string): NodeError {
  return new NodeError(`The entry "${name}" was sealed under another key.`, {
    code: 'store/wrong-key',
    fault: 'caller',
    hint: 'Start the node with the sealing key file that this data directory was made with (sealingKeyFile in the configuration). Nothing was changed.',
    details: { entry: name },
  });
}
