/** Lets so many through at one time, in the order in which they came. */
export class Gate {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;

  constructor(places: number) {
    this.#places = places;
  }

  get inUse(): number {
    return this.#inUse;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async enter(): Promise<void> {
    if (this.#inUse < this.#places) {
      this.#inUse += 1;
      return;
    }
    // Whoever leaves hands its place on.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inUse -= 1;
    else next();
  }

  /** Runs `work` when there is a place, and leaves whatever it does. @throws what `work` throws. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }
}
