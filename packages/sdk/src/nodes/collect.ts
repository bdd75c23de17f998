import { HEDGE_DELAY_MS } from '../limits.ts';
import type { NetworkNode, NodeHealth } from '../network/network.ts';
import { type NodeFailure, quorumError } from './quorum-error.ts';

export interface Answer<T> {
  readonly node: NetworkNode;
  readonly value: T;
}

export interface CollectParameters<T> {
  /** Those that may be asked. */
  readonly candidates: readonly NetworkNode[];
  /** All nodes of the network, for the error's numbers. */
  readonly total: number;
  /** How many good answers end it. */
  readonly need: number;
  /** Asks one node; a rejection is that node's failure. Its answer has been verified when it resolves. */
  readonly ask: (node: NetworkNode, signal: AbortSignal) => Promise<T>;
  readonly health: NodeHealth;
  /** Failures of an earlier try that belong to the same operation. */
  readonly earlierFailures?: readonly NodeFailure[];
}

export interface Collected<T> {
  /** Exactly `need`, ascending by party. */
  readonly answers: readonly Answer<T>[];
  /** Nodes that failed on the way. */
  readonly failures: readonly NodeFailure[];
}

/**
 * Good answers of `need` nodes, whichever they are. It asks `need` of them at once, healthy ones first; for each that
 * fails, and for each that is slow, it asks a spare. It ends as soon as there are enough, or there cannot be.
 *
 * @throws the error that says best why there are not enough: see `quorumError`.
 */
export function collect<T>(parameters: CollectParameters<T>): Promise<Collected<T>> {
  const { need, ask, health } = parameters;
  const spares = health.order(parameters.candidates);
  const answers: Answer<T>[] = [];
  const failures: NodeFailure[] = [...(parameters.earlierFailures ?? [])];
  const abort = new AbortController();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let outstanding = 0;

  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      for (const timer of timers) clearTimeout(timer);
      abort.abort();
      settle();
    };
    const askNext = (): void => {
      const node = spares.shift();
      if (node === undefined) return;
      outstanding += 1;
      const timer = setTimeout(askNext, HEDGE_DELAY_MS);
      timers.add(timer);
      ask(node, abort.signal).then(
        (value) => settleOne(timer, () => accept(node, value)),
        (error: unknown) => settleOne(timer, () => fail(node, error)),
      );
    };
    const settleOne = (timer: ReturnType<typeof setTimeout>, then: () => void): void => {
      clearTimeout(timer);
      timers.delete(timer);
      outstanding -= 1;
      if (!abort.signal.aborted) then();
    };
    const accept = (node: NetworkNode, value: T): void => {
      health.succeeded(node.party);
      answers.push({ node, value });
      if (answers.length < need) return;
      answers.sort((a, b) => a.node.party - b.node.party);
      end(() => resolve({ answers, failures }));
    };
    const fail = (node: NetworkNode, error: unknown): void => {
      health.failed(node.party);
      failures.push({ node, error });
      askNext();
      endIfHopeless();
    };
    const endIfHopeless = (): void => {
      if (answers.length + outstanding + spares.length >= need) return;
      end(() => reject(quorumError({ need, total: parameters.total, failures })));
    };

    for (let i = 0; i < need; i++) askNext();
    endIfHopeless();
  });
}
