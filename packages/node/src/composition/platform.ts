import { randomBytes } from 'node:crypto';
import type { Clock, RandomSource } from '@keymesh/foundation';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The operating system's generator. */
export const systemRandom: RandomSource = (length) => new Uint8Array(randomBytes(length));
