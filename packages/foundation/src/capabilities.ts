/** Gives `length` unpredictable bytes. Production passes the operating system's generator; a simulation passes a seeded one. */
export type RandomSource = (length: number) => Uint8Array;

/** A timer that was set; `cancel` may be called at any time, also after it fired. */
export interface Timer {
  cancel(): void;
}

/**
 * Time as an argument, so that a simulation can drive it. `now` is wall-clock time for comparing with timestamps in
 * messages; `setTimer` fires once after at least `delayMs`.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  setTimer(delayMs: number, fire: () => void): Timer;
}
