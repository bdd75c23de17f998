import { HEDGE_DELAY_MS, VERDICT_GRACE_MS } from '../limits.ts';
import type { NetworkNode, NodeHealth } from '../network/network.ts';
import { isAboutNode, type NodeFailure } from './node-failure.ts';
import { quorumError } from './quorum-error.ts';

export interface Answer<T> {
  readonly node: NetworkNode;
  readonly value: T;
}

export interface CollectParameters<T> {
  /** Those that may be asked. */
  readonly candidates: readonly NetworkNode[];
  /** All nodes that hold shares, for the error's numbers. */
  readonly total: number;
  /** t */
  readonly threshold: number;
  /** Good answers of earlier tries that still count. */
  readonly inHand?: number;
  /**
   * Asks one node. A rejection is that node's failure, unless it is an error of ours that is not about a node: that
   * ends everything. The answer has been verified as far as it can be alone when it resolves.
   */
  readonly ask: (node: NetworkNode, signal: AbortSignal) => Promise<T>;
  readonly health: NodeHealth;
  /** Failures of earlier tries that belong to the same operation. */
  readonly earlierFailures?: readonly NodeFailure[];
}

export interface Collected<T> {
  /** Exactly as many as were missing, ascending by party. */
  readonly answers: readonly Answer<T>[];
  /** Nodes that failed, earlier tries included. */
  readonly failures: readonly NodeFailure[];
}

/**
 * Good answers of t nodes, whichever they are. It asks as many as are missing at once, healthy ones first; for each
 * that fails, and for each that is slow, it asks a spare. It ends as soon as there are enough, or shortly after there
 * cannot be.
 *
 * @throws the error that says best why there are not enough: see `quorumError`; errors that are not about a node.
 */
export function collect<T>(parameters: CollectParameters<T>): Promise<Collected<T>> {
  return new Promise((resolve, reject) => new Collection(parameters, resolve, reject).start());
}

type Timer = ReturnType<typeof setTimeout>;

class Collection<T> {
  readonly #parameters: CollectParameters<T>;
  readonly #resolve: (collected: Collected<T>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #need: number;
  readonly #spares: NetworkNode[];
  readonly #answers: Answer<T>[] = [];
  readonly #failures: NodeFailure[];
  readonly #abort = new AbortController();
  /** Nodes that were asked and have not answered, each with the timer that gives it company; none once it did. */
  readonly #underWay = new Map<NetworkNode, Timer | undefined>();
  #grace: Timer | undefined;

  constructor(
    parameters: CollectParameters<T>,
    resolve: (collected: Collected<T>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#parameters = parameters;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#need = parameters.threshold - (parameters.inHand ?? 0);
    this.#spares = parameters.health.order(parameters.candidates);
    this.#failures = [...(parameters.earlierFailures ?? [])];
  }

  start(): void {
    // Whoever is asked for nothing has made nonces for nothing.
    for (let i = 0; i < this.#need && !this.#isHopeless(); i++) this.#askNext();
    this.#endIfDecided();
  }

  #askNext(): void {
    const node = this.#spares.shift();
    if (node === undefined) return;
    const hedge = setTimeout(() => {
      this.#underWay.set(node, undefined);
      this.#askNext();
    }, HEDGE_DELAY_MS);
    this.#underWay.set(node, hedge);
    this.#ask(node).then(
      (value) => this.#settle(node, () => this.#accept(node, value)),
      (error: unknown) => this.#settle(node, () => this.#note(node, error)),
    );
  }

  /** `async`, so that a throw before the first wait is a rejection too. */
  async #ask(node: NetworkNode): Promise<T> {
    return this.#parameters.ask(node, this.#abort.signal);
  }

  #settle(node: NetworkNode, then: () => void): void {
    if (this.#abort.signal.aborted) return;
    clearTimeout(this.#underWay.get(node));
    this.#underWay.delete(node);
    then();
    this.#endIfDecided();
  }

  #accept(node: NetworkNode, value: T): void {
    this.#parameters.health.succeeded(node.party);
    this.#answers.push({ node, value });
  }

  #note(node: NetworkNode, error: unknown): void {
    if (isAboutNode(error)) {
      this.#parameters.health.failed(node.party);
      this.#failures.push({ node, error });
      this.#askNext();
    } else {
      this.#end(() => this.#reject(error));
    }
  }

  #isHopeless(): boolean {
    return this.#answers.length + this.#underWay.size + this.#spares.length < this.#need;
  }

  #endIfDecided(): void {
    if (this.#abort.signal.aborted) return;
    if (this.#answers.length >= this.#need) this.#succeed();
    else if (this.#isHopeless() && this.#underWay.size === 0) this.#fail();
    else if (this.#isHopeless()) this.#grace ??= setTimeout(() => this.#fail(), VERDICT_GRACE_MS);
  }

  #succeed(): void {
    const answers = this.#answers.sort((a, b) => a.node.party - b.node.party);
    this.#end(() => this.#resolve({ answers, failures: this.#failures }));
  }

  #fail(): void {
    const { threshold, total, inHand = 0 } = this.#parameters;
    const answered = inHand + this.#answers.length;
    this.#end(() => this.#reject(quorumError({ needed: threshold, total, answered, failures: this.#failures })));
  }

  #end(settle: () => void): void {
    clearTimeout(this.#grace);
    for (const [node, hedge] of this.#underWay) {
      // Who was given company and still has not answered is asked last next time.
      if (hedge === undefined) this.#parameters.health.failed(node.party);
      clearTimeout(hedge);
    }
    this.#abort.abort();
    settle();
  }
}
