/**
 * The epoch machine of docs/spec/network.md §3, written from that page and not from the contract: sets and lists where
 * the contract has bitmaps and counters.
 */
import { EpochState } from '../src/index.ts';

/** Parties are operators' numbers here, not party indices. */
export type Operator = number;

interface Attempt {
  readonly results: Map<Operator, string>;
  readonly blames: Map<Operator, ReadonlySet<number>>;
}

const newAttempt = (): Attempt => ({ results: new Map(), blames: new Map() });

export class EpochModel {
  state: EpochState = EpochState.Unlocked;
  next: Operator[];
  members: Operator[] = [];
  number = 0;
  attempt = 0;
  excluded = new Set<number>();
  votes = newAttempt();
  agreed: string | undefined;
  /** What happened at least once; lets a test show that it reached every transition. */
  readonly reached = new Set<string>();
  readonly #minimum: number;

  constructor(joined: readonly Operator[], minimum: number) {
    this.next = [...joined];
    this.#minimum = minimum;
  }

  get threshold(): number {
    return Math.ceil((2 * this.members.length) / 3);
  }

  /** Party index of an operator, 0 if it is no member. */
  indexOf(operator: Operator): number {
    return this.members.indexOf(operator) + 1;
  }

  /** Each transition returns the errors that apply; it happened if there is none. */
  leave(operator: Operator): string[] {
    if (!this.next.includes(operator)) return ['NotInNextValidatorSet'];
    this.next = this.next.filter((other) => other !== operator);
    return [];
  }

  rejoin(operator: Operator): string[] {
    if (this.next.includes(operator)) return ['AlreadyInNextValidatorSet'];
    this.next.push(operator);
    return [];
  }

  lock(): string[] {
    const errors: string[] = [];
    if (this.agreed !== undefined) errors.push('ResharingNotAvailable');
    if (this.state !== EpochState.Unlocked && this.state !== EpochState.Active) errors.push('WrongState');
    if (this.next.length < this.#minimum) errors.push('NotEnoughValidators');
    if (errors.length > 0) return errors;
    this.members = [...this.next];
    this.state = EpochState.NextValidatorSetLocked;
    return this.#done('locked');
  }

  voteKeyGeneration(operator: Operator, epoch: number, attempt: number, result: string): string[] {
    const errors = this.#voteErrors(operator, epoch, attempt);
    if (this.excluded.has(this.indexOf(operator))) errors.push('MemberIsExcluded');
    if (this.votes.results.has(operator)) errors.push('AlreadyVoted');
    if (errors.length > 0) return errors;
    this.votes.results.set(operator, result);
    if (this.leadingVotes < this.threshold) return this.#done('result voted');
    this.agreed = result;
    this.state = EpochState.ReadyForNextEpoch;
    return this.#done(this.attempt === 0 ? 'agreed at once' : 'agreed after retries');
  }

  voteRetry(operator: Operator, epoch: number, attempt: number, blamed: ReadonlySet<number>): string[] {
    const errors = this.#voteErrors(operator, epoch, attempt);
    if ([...blamed].some((party) => party > this.members.length)) errors.push('InvalidBlame');
    if (this.votes.blames.has(operator)) errors.push('AlreadyVoted');
    if (errors.length > 0) return errors;
    this.votes.blames.set(operator, blamed);
    if (this.votes.blames.size < this.threshold) return this.#done('retry voted');
    this.#nextAttempt();
    return [];
  }

  advance(): string[] {
    if (this.state !== EpochState.ReadyForNextEpoch) return ['WrongState'];
    this.number += 1;
    this.state = EpochState.Active;
    return this.#done('advanced');
  }

  /** Votes for the result that has most of them. */
  get leadingVotes(): number {
    const results = [...this.votes.results.values()];
    return Math.max(0, ...results.map((result) => results.filter((other) => other === result).length));
  }

  #nextAttempt(): void {
    const n = this.members.length;
    const needed = n - this.threshold + 1;
    const lists = [...this.votes.blames.values()];
    for (let party = 1; party <= n; party += 1) {
      if (lists.filter((list) => list.has(party)).length >= needed) this.excluded.add(party);
    }
    if (this.excluded.size > 0) this.#done('excluded');
    if (n - this.excluded.size < this.threshold) {
      this.excluded.clear();
      this.#done('exclusions cleared');
    }
    this.attempt += 1;
    this.votes = newAttempt();
  }

  #voteErrors(operator: Operator, epoch: number, attempt: number): string[] {
    const errors: string[] = [];
    if (this.state !== EpochState.NextValidatorSetLocked) errors.push('WrongState');
    if (epoch !== this.number + 1) errors.push('WrongEpoch');
    if (attempt !== this.attempt) errors.push('WrongAttempt');
    if (this.indexOf(operator) === 0) errors.push('NotAMember');
    return errors;
  }

  #done(what: string): string[] {
    this.reached.add(what);
    return [];
  }
}
