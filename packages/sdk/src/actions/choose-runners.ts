import { ACTION_PROBE_TIMEOUT_MS } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import type { NodeFailure } from '../nodes/node-failure.ts';
import { quorumError } from '../nodes/quorum-error.ts';

/**
 * Exactly t nodes that answer now, ascending by party. A run is not begun again elsewhere when a node turns out to be
 * away: its program may have acted already. So they are asked before.
 * @throws SdkError `sdk/too-few-nodes`.
 */
export async function chooseRunners(network: Network): Promise<readonly NetworkNode[]> {
  const { shareholders, threshold, health } = network;
  const candidates = health.order(shareholders);
  const answering: NetworkNode[] = [];
  const failures: NodeFailure[] = [];
  while (answering.length < threshold) {
    const next = candidates.splice(0, threshold - answering.length);
    if (next.length === 0) {
      throw quorumError({ needed: threshold, total: shareholders.length, answered: answering.length, failures });
    }
    await Promise.all(
      next.map(async (node) => {
        try {
          await probe(network, node);
          answering.push(node);
        } catch (error) {
          health.failed(node.party);
          failures.push({ node, error });
        }
      }),
    );
  }
  return answering.sort((a, b) => a.party - b.party);
}

async function probe({ platform, epoch }: Network, node: NetworkNode): Promise<void> {
  await callNode({
    ...{ platform, node, epoch, route: 'ready', request: {}, timeoutMs: ACTION_PROBE_TIMEOUT_MS },
    signal: new AbortController().signal,
  });
}
