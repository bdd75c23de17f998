import type { NetworkNode } from '../network/network.ts';
import { lied } from '../nodes/node-failure.ts';

/** Is told a piece of what one node's program logs. */
export type LogListener = (node: Pick<NetworkNode, 'party' | 'url'>, logs: string) => void;

/** The logs of one node as they come. */
export class NodeLogs {
  readonly #node: NetworkNode;
  readonly #tell: LogListener;
  #told = '';

  constructor(node: NetworkNode, tell: LogListener) {
    this.#node = node;
    this.#tell = tell;
  }

  add(logs: string): void {
    this.#told += logs;
    const { party, url } = this.#node;
    if (logs === '') return;
    try {
      this.#tell({ party, url }, logs);
    } catch (thrown) {
      // The listener's mistake is its own: the node did nothing wrong, and the run goes on.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  /** @throws SdkError `sdk/node-lied` if the answer has other logs than those that were told. */
  end(logs: string): void {
    if (!logs.startsWith(this.#told)) throw lied(this.#node, 'it answers other logs than it told');
    this.add(logs.slice(this.#told.length));
  }
}
