import type { Clock, RandomSource, Timer } from '@keymesh/foundation';

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/** A clock that stands still until a test moves it. Timers of one instant fire in the order in which they were set. */
export class VirtualClock implements Clock {
  #now = 1_700_000_000_000;
  #order = 0;
  #entries: Entry[] = [];

  now(): number {
    return this.#now;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const entry = { at: this.#now + delayMs, order: this.#order++, fire, cancelled: false };
    this.#entries.push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** Timers that would still fire. */
  get pending(): number {
    return this.#entries.filter((entry) => !entry.cancelled).length;
  }

  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (let next = this.#take(end); next !== undefined; next = this.#take(end)) {
      this.#now = Math.max(this.#now, next.at);
      next.fire();
    }
    this.#now = end;
  }

  /** Moves on until `done`; false if that takes more than `maxMs`. */
  advanceUntil(done: () => boolean, maxMs: number, stepMs = 10): boolean {
    for (let spent = 0; spent <= maxMs; spent += stepMs) {
      if (done()) return true;
      this.advance(stepMs);
    }
    return done();
  }

  #take(end: number): Entry | undefined {
    this.#entries = this.#entries.filter((entry) => !entry.cancelled);
    let best: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.at > end) continue;
      if (best === undefined || entry.at < best.at || (entry.at === best.at && entry.order < best.order)) best = entry;
    }
    if (best !== undefined) this.#entries.splice(this.#entries.indexOf(best), 1);
    return best;
  }
}

/** Reproducible bytes from a 32-bit seed (mulberry32). For tests: it predicts nothing and protects nothing. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  return (length) => Uint8Array.from({ length }, () => next() & 0xff);
}

/** A number in [0, 1) from a random source. */
export function unit(random: RandomSource): number {
  const [a = 0, b = 0, c = 0] = random(3);
  return (a * 65_536 + b * 256 + c) / 16_777_216;
}
