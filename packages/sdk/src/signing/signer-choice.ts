import type { PartyIndex } from '@keymesh/foundation';
import { SIGNER_STRIKES_MAX, SIGNING_COMPROMISES_MAX } from '../limits.ts';
import type { NetworkNode } from '../network/network.ts';
import { chooseSet } from './choose-set.ts';

/** What a node did, as a number: the more, the later it is asked again within one signature. */
export const PENALTY = {
  /** It was late, or alone with a contradicting answer, or another node says that it was silent. */
  trouble: 2,
  /** It says that another node is at fault; one of the two is. */
  accusing: 1,
} as const;

/** A node with so much is asked later by the next signature, too. */
const REMEMBERED_PENALTY = 2;

/**
 * Which t nodes to ask next for one signature. It learns from each failed try.
 *
 * No honest node accuses another honest one for long, so of two that are in conflict one is faulty, and t honest nodes
 * are in no conflict with each other. Sets without conflicts are therefore tried first: each false accusation then
 * narrows the sets that its author can spoil, where penalties alone would hit the accused harder than the accuser.
 */
export class SignerChoice {
  readonly #nodes: readonly NetworkNode[];
  readonly #threshold: number;
  readonly #penalties = new Map<PartyIndex, number>();
  readonly #strikes = new Map<PartyIndex, number>();
  readonly #excluded = new Set<PartyIndex>();
  readonly #conflicts = new Set<string>();
  readonly #burnt = new Set<string>();
  #compromises = 0;

  /** @param nodes in the order in which they are wanted. */
  constructor(nodes: readonly NetworkNode[], threshold: number) {
    this.#nodes = nodes;
    this.#threshold = threshold;
  }

  /** Nodes that may still be asked. */
  get candidateCount(): number {
    return this.#nodes.length - this.#excluded.size;
  }

  penalise(party: PartyIndex, penalty: number): void {
    this.#penalties.set(party, this.#penaltyOf(party) + penalty);
  }

  /** Trouble of its own: once may happen, too often ends its part in this signature. */
  strike(party: PartyIndex): void {
    this.penalise(party, PENALTY.trouble);
    const strikes = (this.#strikes.get(party) ?? 0) + 1;
    this.#strikes.set(party, strikes);
    if (strikes >= SIGNER_STRIKES_MAX) this.exclude(party);
  }

  /** Never again in this signature. */
  exclude(party: PartyIndex): void {
    this.#excluded.add(party);
  }

  /** One of the two is at fault: not together, if there is another way. */
  separate(a: PartyIndex, b: PartyIndex): void {
    if (a !== b) this.#conflicts.add(pairOf(a, b));
  }

  /** The two cannot prepare signatures together in this epoch (docs/spec/signing.md §2). */
  burn(a: PartyIndex, b: PartyIndex): void {
    this.#burnt.add(pairOf(a, b));
  }

  /**
   * t nodes, ascending; `undefined` if there is no set left. Where every set has a conflict, more nodes are faulty than
   * may be, or the conflict was a passing one: a few more tries find out.
   */
  next(): readonly NetworkNode[] | undefined {
    const candidates = this.#nodes
      .map(({ party }) => party)
      .filter((party) => !this.#excluded.has(party))
      .sort((a, b) => this.#penaltyOf(a) - this.#penaltyOf(b));
    const isBurnt = (a: PartyIndex, b: PartyIndex): boolean => this.#burnt.has(pairOf(a, b));
    const isUnwanted = (a: PartyIndex, b: PartyIndex): boolean => isBurnt(a, b) || this.#conflicts.has(pairOf(a, b));
    let chosen = chooseSet(candidates, this.#threshold, isUnwanted);
    if (chosen === undefined && this.#compromises < SIGNING_COMPROMISES_MAX) {
      this.#compromises += 1;
      chosen = chooseSet(candidates, this.#threshold, isBurnt);
    }
    if (chosen === undefined) return undefined;
    return this.#nodes.filter(({ party }) => chosen.includes(party)).sort((a, b) => a.party - b.party);
  }

  /** Nodes outside the set that worked which are better asked later next time. */
  troubledBeside(signers: readonly NetworkNode[]): PartyIndex[] {
    const signing = new Set(signers.map(({ party }) => party));
    return this.#nodes
      .map(({ party }) => party)
      .filter((party) => !signing.has(party) && this.#penaltyOf(party) >= REMEMBERED_PENALTY);
  }

  #penaltyOf(party: PartyIndex): number {
    return this.#penalties.get(party) ?? 0;
  }
}

function pairOf(a: PartyIndex, b: PartyIndex): string {
  return a < b ? `${a}/${b}` : `${b}/${a}`;
}
