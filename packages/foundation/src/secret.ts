import { KeymeshError } from './errors.ts';

const REDACTED = '[redacted]';

/**
 * Bytes that must never be printed: a share, a nonce, a private key. Printing, serialising or joining one into a text
 * gives `[redacted]`, and `wipe` overwrites the memory. JavaScript cannot promise that no copy was made by the engine;
 * see SECURITY.md.
 */
export class SecretBytes {
  #bytes: Uint8Array;
  #wiped = false;

  /** Takes ownership of the array: `wipe` will overwrite it. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Runs `use` with the bytes themselves; they must not be kept.
   * @throws KeymeshError `secret/wiped` after `wipe`.
   */
  expose<T>(use: (bytes: Uint8Array) => T): T {
    if (this.#wiped) {
      throw new KeymeshError('A secret was used after it had been wiped.', { code: 'secret/wiped', fault: 'bug' });
    }
    return use(this.#bytes);
  }

  wipe(): void {
    this.#bytes.fill(0);
    this.#wiped = true;
  }

  get isWiped(): boolean {
    return this.#wiped;
  }

  toJSON(): string {
    return REDACTED;
  }
  toString(): string {
    return REDACTED;
  }
  /** What `console.log` and `util.inspect` of Node and Deno print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
