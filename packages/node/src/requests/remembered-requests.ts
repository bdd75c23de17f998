import type { Clock } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';

/** A key as text: Map compares texts by value. */
type Key = string;

export interface RememberedRequestsOptions {
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly entriesMax: number;
  /**
   * What happens to a new key when the bound is reached. `refuse` where a forgotten key would let something through
   * that must not happen twice; `forget-oldest` where the memory only helps honest clients, so that nobody can lock the
   * others out by filling it.
   */
  readonly whenFull: 'refuse' | 'forget-oldest';
}

/** Remembers keys for a while and within a bound. */
export class RememberedRequests {
  readonly #options: RememberedRequestsOptions;
  readonly #seen = new Map<Key, { readonly content: string; readonly until: number }>();

  constructor(options: RememberedRequestsOptions) {
    this.#options = options;
  }

  /** Keys in memory, those included that may be forgotten. */
  get size(): number {
    return this.#seen.size;
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
    if (this.#seen.size >= this.#options.entriesMax) this.#makeRoom();
    this.#seen.set(key, { content, until: this.#options.clock.now() + this.#options.lifetimeMs });
    return 'new';
  }

  #makeRoom(): void {
    if (this.#options.whenFull === 'refuse') {
      throw new NodeError('The node has too many requests in its memory.', {
        code: 'node/overloaded',
        fault: 'environment',
        hint: 'Send the request again in a minute, or to another node.',
      });
    }
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }

  /** All live equally long, so insertion order is order of expiry. */
  #sweep(): void {
    const now = this.#options.clock.now();
    for (const [key, entry] of this.#seen) {
      if (entry.until > now) return;
      this.#seen.delete(key);
    }
  }
}
