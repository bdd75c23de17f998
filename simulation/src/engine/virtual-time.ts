import type { Clock, Timer } from '@keymesh/foundation';

/** Virtual time starts here: 2030-01-01 UTC. Milliseconds since 1970. */
export const EPOCH_START_MS = Date.UTC(2030, 0, 1);

interface Entry {
  readonly at: number;
  /** Entries of one instant fire in the order in which they were set. */
  readonly order: number;
  readonly fire: () => void;
  cancelled: boolean;
}

/**
 * The only clock and the only scheduler of a simulation. Time jumps from one timer to the next, so hours of waiting
 * cost nothing, and what happens is a function of what was scheduled.
 */
export class VirtualTime implements Clock {
  #nowMs = EPOCH_START_MS;
  #order = 0;
  readonly #heap: Entry[] = [];
  #fired = 0;

  now(): number {
    return this.#nowMs;
  }

  /** Milliseconds since the start of the simulation. */
  get elapsedMs(): number {
    return this.#nowMs - EPOCH_START_MS;
  }

  /** Timers that fired so far. */
  get fired(): number {
    return this.#fired;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const at = this.#nowMs + Math.max(0, Math.ceil(delayMs));
    const entry: Entry = { at, order: this.#order++, fire, cancelled: false };
    this.#push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /**
   * Fires timers in order until `done` says so or nothing is left before `untilMs` (since the start).
   * @returns whether `done` ended it.
   */
  async run(untilMs: number, done: () => boolean): Promise<boolean> {
    for (;;) {
      if (done()) return true;
      const next = this.#heap[0];
      if (next === undefined || next.at > EPOCH_START_MS + untilMs) return false;
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.at;
      this.#fired += 1;
      next.fire();
      await settled();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(entry, heap[parent] as Entry)) break;
      heap[i] = heap[parent] as Entry;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!isBefore(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Everything under test runs on promises that resolve without the outside; one turn of the event loop settles them. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
