import { type RandomSource, Transcript, utf8 } from '@keymesh/foundation';

/**
 * Random numbers that are a function of a seed and of labels, so that a draw added in one place of the simulation does
 * not move the draws of another. The generator is sfc32 (Doty-Humphrey), which passes PractRand; it is not secret.
 */
export class SeededRandom {
  readonly #key: Uint8Array;
  readonly #state: Uint32Array;

  private constructor(key: Uint8Array) {
    this.#key = key;
    const view = new DataView(key.buffer, key.byteOffset);
    this.#state = Uint32Array.from([view.getUint32(0), view.getUint32(4), view.getUint32(8), 1]);
    for (let i = 0; i < 12; i++) this.#next();
  }

  static ofSeed(seed: number): SeededRandom {
    return new SeededRandom(new Transcript('simulation/v1/seed').append('seed', utf8(String(seed))).digest());
  }

  /** Another generator, which depends on this one's seed and on the label only, not on what was drawn before. */
  fork(label: string): SeededRandom {
    const transcript = new Transcript('simulation/v1/fork').append('parent', this.#key).append('label', utf8(label));
    return new SeededRandom(transcript.digest());
  }

  /** 0 ≤ x < 1. */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** An integer with from ≤ x ≤ to. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)] as T;
  }

  /** `count` different items in random order; all of them when there are fewer. */
  sample<T>(items: readonly T[], count: number): T[] {
    const rest = [...items];
    const out: T[] = [];
    while (out.length < count && rest.length > 0) out.push(...rest.splice(this.integer(0, rest.length - 1), 1));
    return out;
  }

  shuffle<T>(items: readonly T[]): T[] {
    return this.sample(items, items.length);
  }

  /** As a source of bytes for the code under test. */
  get source(): RandomSource {
    return (length) => Uint8Array.from({ length }, () => this.#next() >>> 24);
  }

  #next(): number {
    const [a, b, c, counter] = this.#state as unknown as [number, number, number, number];
    const out = (a + b + counter) >>> 0;
    this.#state[3] = counter + 1;
    this.#state[0] = b ^ (b >>> 9);
    this.#state[1] = c + (c << 3);
    this.#state[2] = ((c << 21) | (c >>> 11)) + out;
    return out;
  }
}
