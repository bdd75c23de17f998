import type { RandomSource } from '@keymesh/foundation';

/** What the SDK uses of the world; given to `connect`, or taken from the standard globals of browsers and servers. */
export interface Platform {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number;
  readonly random: RandomSource;
}

/** `fetch`, `Date.now` and the cryptographic generator of the platform. */
export const standardPlatform: Platform = {
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => Date.now(),
  random: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
};
