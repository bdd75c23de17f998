import type { RandomSource } from '@keymesh/foundation';

/** A pause that doubles with each attempt from `minMs` up to `maxMs`. */
export interface Backoff {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Milliseconds to wait before attempt number `attempt` (0 is the first). Half of it is random, so that nodes that
 * failed together do not come back together.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: RandomSource): number {
  const full = Math.min(backoff.maxMs, backoff.minMs * 2 ** Math.min(attempt, 30));
  const [high = 0, low = 0] = random(2);
  return Math.round(full / 2 + (full / 2) * ((high * 256 + low) / 65_535));
}
