import type { Clock } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';

/** A key as text: Map compares texts by value. */
type Key = string;

/**
 * Remembers keys for a while and within a bound. When the bound is reached, new keys are refused and no old one is
 * forgotten early: forgetting one would let a replay through.
 */
export class RememberedRequests {
  readonly #clock: Clock;
  readonly #lifetimeMs: number;
  readonly #entriesMax: number;
  readonly #seen = new Map<Key, { readonly content: string; readonly until: number }>();

  constructor(options: { readonly clock: Clock; readonly lifetimeMs: number; readonly entriesMax: number }) {
    this.#clock = options.clock;
    this.#lifetimeMs = options.lifetimeMs;
    this.#entriesMax = options.entriesMax;
  }

  /**
   * Remembers `key` with its content.
   * @returns `new`; or, if the key is remembered already, whether the content is the `same` or `other`.
   * @throws NodeError `node/overloaded` when nothing more can be remembered.
   */
  remember(key: Key, content = ''): 'new' | 'same' | 'other' {
    this.#sweep();
    const known = this.#seen.get(key);
    if (known !== undefined) return known.content === content ? 'same' : 'other';
    if (this.#seen.size >= this.#entriesMax) {
      throw new NodeError('The node has too many requests in its memory.', {
        code: 'node/overloaded',
        fault: 'environment',
        hint: 'Send the request again in a minute, or to another node.',
      });
    }
    this.#seen.set(key, { content, until: this.#clock.now() + this.#lifetimeMs });
    return 'new';
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [key, entry] of this.#seen) {
      if (entry.until > now) return;
      this.#seen.delete(key);
    }
  }
}
