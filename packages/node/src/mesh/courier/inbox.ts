import { COURIER_WINDOW_MESSAGES } from '../../limits.ts';
import type { Received } from './frame.ts';

/** Which messages of one boot of a peer were delivered. Memory is one window at most. */
export class Inbox implements Received {
  #upTo = 0;
  readonly #beyond = new Set<number>();

  get upTo(): number {
    return this.#upTo;
  }

  get beyond(): ReadonlySet<number> {
    return this.#beyond;
  }

  /** Notes an id. `new` is the only answer after which the message may be delivered. */
  accept(id: number): 'new' | 'repeat' | 'beyond-window' {
    if (id <= this.#upTo || this.#beyond.has(id)) return 'repeat';
    if (id > this.#upTo + COURIER_WINDOW_MESSAGES) return 'beyond-window';
    this.#beyond.add(id);
    while (this.#beyond.delete(this.#upTo + 1)) this.#upTo += 1;
    return 'new';
  }
}
