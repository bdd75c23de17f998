import type { PartyIndex } from '@keymesh/foundation';
import { GIVEN_UP_PER_OWNER_MAX, PREPARATIONS_PER_OWNER_MAX } from './limits.ts';
import { discard, type Preparation, type PreparedScheme } from './preparation.ts';

/** What a request needs: any preparation of this scheme and exactly these signers. */
export interface Shelf {
  readonly scheme: PreparedScheme;
  /** Exactly t, ascending. */
  readonly signers: readonly PartyIndex[];
}

/** A shelf as a key of a map. */
export function shelfKey({ scheme, signers }: Shelf): string {
  return `${scheme}/${signers.join()}`;
}

/**
 * The preparations of this boot, in memory only (ADR 0009). Taking one removes it before anything is computed from it;
 * JavaScript runs one function at a time, so that is atomic.
 */
export class Stock {
  /** By owner, oldest first: id → preparation. */
  readonly #byOwner = new Map<PartyIndex, Map<string, Preparation>>();
  /** Ids of one owner and shelf, oldest first. */
  readonly #shelves = new Map<string, Set<string>>();
  /** Ids by owner, oldest first: given up before this node had its half. */
  readonly #givenUp = new Map<PartyIndex, Set<string>>();

  /** All that are kept. */
  get size(): number {
    return [...this.all()].length;
  }

  /** Everything that is kept, oldest first for each owner. Who looks at it takes nothing. */
  *all(): Generator<Preparation> {
    for (const kept of this.#byOwner.values()) yield* kept.values();
  }

  /** How many of an owner there are for a signer set. */
  count(owner: PartyIndex, shelf: Shelf): number {
    return this.#shelves.get(ownShelf(owner, shelf))?.size ?? 0;
  }

  /** Kept by scheme, for metrics. */
  countByScheme(): ReadonlyMap<PreparedScheme, number> {
    const counts = new Map<PreparedScheme, number>();
    for (const { scheme } of this.all()) counts.set(scheme, (counts.get(scheme) ?? 0) + 1);
    return counts;
  }

  /** Takes a preparation over. The oldest of an owner that has too many is destroyed: nobody else loses one. */
  add(preparation: Preparation): void {
    const { owner, id } = preparation;
    if (this.#givenUp.get(owner)?.delete(id) === true) {
      discard(preparation);
      return;
    }
    const kept = this.#byOwner.get(owner) ?? new Map<string, Preparation>();
    this.#byOwner.set(owner, kept);
    kept.set(id, preparation);
    const key = ownShelf(owner, preparation);
    this.#shelves.set(key, (this.#shelves.get(key) ?? new Set()).add(id));
    const [oldest] = kept.values();
    if (kept.size > PREPARATIONS_PER_OWNER_MAX && oldest !== undefined) this.#destroy(oldest);
  }

  /** The oldest that `owner` may assign, or undefined. */
  takeAny(owner: PartyIndex, shelf: Shelf): Preparation | undefined {
    const [id] = this.#shelves.get(ownShelf(owner, shelf)) ?? [];
    return id === undefined ? undefined : this.take(owner, shelf, id);
  }

  /** The one that its owner assigned, or undefined if it is not there, or is of another scheme or signer set. */
  take(owner: PartyIndex, shelf: Shelf, id: string): Preparation | undefined {
    const preparation = this.#byOwner.get(owner)?.get(id);
    if (preparation === undefined || shelfKey(preparation) !== shelfKey(shelf)) return undefined;
    this.#remove(preparation);
    return preparation;
  }

  /** Its owner gave one out in vain: this node's half has lost its use, also if it is still to come. */
  drop(owner: PartyIndex, id: string): void {
    const preparation = this.#byOwner.get(owner)?.get(id);
    if (preparation !== undefined) this.#destroy(preparation);
    else this.#giveUp(owner, id);
  }

  /** Destroys all in which a party takes part: it restarted and has forgotten them. @returns how many. */
  dropWith(party: PartyIndex): number {
    const withParty = [...this.all()].filter(({ signers }) => signers.includes(party));
    for (const preparation of withParty) this.#destroy(preparation);
    return withParty.length;
  }

  /** Destroys everything: at the end of an epoch and of the process. */
  clear(): void {
    for (const preparation of this.all()) discard(preparation);
    this.#byOwner.clear();
    this.#shelves.clear();
    this.#givenUp.clear();
  }

  #giveUp(owner: PartyIndex, id: string): void {
    const ids = this.#givenUp.get(owner) ?? new Set();
    this.#givenUp.set(owner, ids.add(id));
    const [oldest] = ids;
    if (ids.size > GIVEN_UP_PER_OWNER_MAX && oldest !== undefined) ids.delete(oldest);
  }

  #destroy(preparation: Preparation): void {
    this.#remove(preparation);
    discard(preparation);
  }

  #remove(preparation: Preparation): void {
    const { owner, id } = preparation;
    this.#byOwner.get(owner)?.delete(id);
    const key = ownShelf(owner, preparation);
    const shelf = this.#shelves.get(key);
    shelf?.delete(id);
    if (shelf?.size === 0) this.#shelves.delete(key);
  }
}

function ownShelf(owner: PartyIndex, shelf: Shelf): string {
  return `${owner}/${shelfKey(shelf)}`;
}
