import { randomBytes } from 'node:crypto';
import type { Clock, RandomSource } from '@keymesh/foundation';

export const realClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const handle = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

export const realRandom: RandomSource = (length) => Uint8Array.from(randomBytes(length));

/** Waits until `check` holds, and fails after `timeoutMs`. */
export async function until(check: () => boolean, timeoutMs = 10_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > end) throw new Error(`Not so within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
