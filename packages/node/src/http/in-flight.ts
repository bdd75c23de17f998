/** Bounds of what is in hand at once; see `limits.ts`. */
export interface InFlightLimits {
  readonly requestsMax: number;
  readonly requestsPerAddressMax: number;
  readonly bytesMax: number;
  readonly bytesPerAddressMax: number;
}

interface Load {
  requests: number;
  bytes: number;
}

/** The place of one request. It is given back when its answer is out AND its handler has ended, whichever is later. */
export class Place {
  #release: (() => void) | undefined;
  #isWorking = false;
  #isClosed = false;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** Runs the handler. A client that hangs up meanwhile frees nothing: the work goes on. */
  async work<T>(run: () => Promise<T>): Promise<T> {
    this.#isWorking = true;
    try {
      return await run();
    } finally {
      this.#isWorking = false;
      this.#giveBackIfDone();
    }
  }

  /** The answer is out, or the connection is gone. */
  close(): void {
    this.#isClosed = true;
    this.#giveBackIfDone();
  }

  #giveBackIfDone(): void {
    if (this.#isWorking || !this.#isClosed) return;
    this.#release?.();
    this.#release = undefined;
  }
}

/** Counts what a node has in hand, in all and of each client address. */
export class InFlight {
  readonly #limits: InFlightLimits;
  readonly #total: Load = { requests: 0, bytes: 0 };
  readonly #byAddress = new Map<string, Load>();

  constructor(limits: InFlightLimits) {
    this.#limits = limits;
  }

  get requests(): number {
    return this.#total.requests;
  }

  /**
   * @param bytes what the body takes, at most.
   * @returns a place, or whose bound is reached.
   */
  enter(address: string, bytes: number): Place | 'address-full' | 'node-full' {
    const own = this.#byAddress.get(address) ?? { requests: 0, bytes: 0 };
    const { requestsMax, requestsPerAddressMax, bytesMax, bytesPerAddressMax } = this.#limits;
    if (own.requests >= requestsPerAddressMax || own.bytes + bytes > bytesPerAddressMax) return 'address-full';
    if (this.#total.requests >= requestsMax || this.#total.bytes + bytes > bytesMax) return 'node-full';
    this.#byAddress.set(address, own);
    for (const load of [own, this.#total]) {
      load.requests += 1;
      load.bytes += bytes;
    }
    return new Place(() => {
      for (const load of [own, this.#total]) {
        load.requests -= 1;
        load.bytes -= bytes;
      }
      if (own.requests === 0) this.#byAddress.delete(address);
    });
  }
}
