import { NodeError } from '../errors.ts';
import { STORE_VALUE_BYTES_MAX } from '../limits.ts';
import type { Entry, Transaction } from './store.ts';

/** Refuses what cannot be atomic or is out of bounds, in the same way for every store. */
export class TransactionGuard {
  #state: 'idle' | 'busy' | 'closed' = 'idle';

  /** Runs one transaction: `begin` and `commit` or `rollBack` around `work`. */
  run<T>(
    inner: Transaction,
    work: (transaction: Transaction) => T,
    steps: { readonly begin: () => void; readonly commit: () => void; readonly rollBack: () => void },
  ): T {
    if (this.#state === 'closed') throw misused('it is closed');
    if (this.#state === 'busy') throw misused('a transaction was begun inside another');
    this.#state = 'busy';
    const guarded = new GuardedTransaction(inner);
    try {
      steps.begin();
      let result: T;
      try {
        result = work(guarded);
        if (isThenable(result)) throw misused('a transaction waits for something');
        steps.commit();
      } catch (thrown) {
        steps.rollBack();
        throw thrown;
      }
      return result;
    } finally {
      guarded.end();
      this.#state = 'idle';
    }
  }

  /** @returns false if it was closed before. @throws NodeError `store/misused` inside a transaction. */
  close(): boolean {
    if (this.#state === 'busy') throw misused('it was closed inside a transaction');
    const open = this.#state === 'idle';
    this.#state = 'closed';
    return open;
  }
}

class GuardedTransaction implements Transaction {
  #inner: Transaction | undefined;

  constructor(inner: Transaction) {
    this.#inner = inner;
  }

  end(): void {
    this.#inner = undefined;
  }

  get(...args: Parameters<Transaction['get']>): Uint8Array | undefined {
    return this.#live().get(...args);
  }

  put(...args: Parameters<Transaction['put']>): void {
    if (args[2].length > STORE_VALUE_BYTES_MAX) throw misused('a value is too long');
    this.#live().put(...args);
  }

  delete(...args: Parameters<Transaction['delete']>): boolean {
    return this.#live().delete(...args);
  }

  list(...args: Parameters<Transaction['list']>): readonly Entry[] {
    return this.#live().list(...args);
  }

  #live(): Transaction {
    if (this.#inner === undefined) throw misused('a transaction was used after its end');
    return this.#inner;
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value;
}

function misused(reason: string): NodeError {
  return new NodeError(`The store was misused: ${reason}.`, { code: 'store/misused', fault: 'bug' });
}
