import type { PartyIndex } from '@keymesh/foundation';
import type { BurntPairs, EpochShares, EpochStore } from '../node-parts.ts';
import { ProcessKilled } from './process-life.ts';

/** Where a process is killed: in its next durable write, before it is durable or just after. */
export type CrashPoint = 'before-commit' | 'after-commit';

/** Asked at each durable write; `kill` ends the process, and what it does after that is ignored. */
export type TakeCrashPoint = () => { readonly at: CrashPoint; readonly kill: () => void } | undefined;

/**
 * A member's store as its current process sees it. The planned crash hits inside a write: everything before it is
 * durable, the write itself is or is not, and nothing after it happens.
 */
export class CrashingStore implements EpochStore {
  readonly #inner: EpochStore;
  readonly #takeCrashPoint: TakeCrashPoint;

  constructor(inner: EpochStore, takeCrashPoint: TakeCrashPoint) {
    this.#inner = inner;
    this.#takeCrashPoint = takeCrashPoint;
  }

  hasJoined(executionId: Uint8Array): boolean {
    return this.#inner.hasJoined(executionId);
  }
  loadShares(): readonly EpochShares[] {
    return this.#inner.loadShares();
  }
  recordJoined(executionId: Uint8Array): void {
    this.#write(() => this.#inner.recordJoined(executionId));
  }
  saveShares(shares: EpochShares): void {
    this.#write(() => this.#inner.saveShares(shares));
  }
  activateShares(executionId: Uint8Array): void {
    this.#write(() => this.#inner.activateShares(executionId));
  }

  #write(commit: () => void): void {
    write(commit, this.#takeCrashPoint);
  }
}

/** The same for the pairs that are burnt. */
export class CrashingBurntPairs implements BurntPairs {
  readonly #inner: BurntPairs;
  readonly #takeCrashPoint: TakeCrashPoint;

  constructor(inner: BurntPairs, takeCrashPoint: TakeCrashPoint) {
    this.#inner = inner;
    this.#takeCrashPoint = takeCrashPoint;
  }

  ofEpoch(epochId: Uint8Array): readonly PartyIndex[] {
    return this.#inner.ofEpoch(epochId);
  }
  record(epochId: Uint8Array, peer: PartyIndex): void {
    write(() => this.#inner.record(epochId, peer), this.#takeCrashPoint);
  }
}

function write(commit: () => void, takeCrashPoint: TakeCrashPoint): void {
  const crash = takeCrashPoint();
  if (crash?.at !== 'before-commit') commit();
  if (crash === undefined) return;
  crash.kill();
  throw new ProcessKilled();
}
