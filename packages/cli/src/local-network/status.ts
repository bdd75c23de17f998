import { chainAnswers, chainMarker } from './chain.ts';
import { realDirectory, requireNetworkFile } from './network-file.ts';
import { nodeMarker, nodeStatus } from './node-process.ts';
import { findProcess } from './processes.ts';

export interface NetworkStatus {
  /** At least `threshold` nodes are ready and the chain answers: signing and decryption work. */
  readonly serving: boolean;
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly chain: { readonly running: boolean; readonly reachable: boolean; readonly pid: number };
  readonly contracts: Readonly<Record<string, string>>;
  readonly threshold: number;
  readonly nodesReady: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly url: string;
    readonly address: string;
    readonly pid: number;
    readonly running: boolean;
    readonly ready: boolean;
    readonly epoch: number | null;
    readonly party: number | null;
    readonly reason: string | null;
    /** What stands around the programs that it runs. */
    readonly walls: readonly string[] | null;
  }[];
}

/** What every process of the network says of itself now. */
export async function status(path: string): Promise<NetworkStatus> {
  const directory = realDirectory(path);
  const file = requireNetworkFile(directory);
  const reachable = await chainAnswers(file.rpcUrl);
  const nodes = await Promise.all(
    file.nodes.map(async (node) => {
      const said = await nodeStatus(node.url);
      const pid = findProcess(nodeMarker(directory, node.name));
      return {
        name: node.name,
        url: node.url,
        address: node.address,
        pid,
        running: pid !== 0,
        ready: said.ready,
        epoch: said.epoch ?? null,
        party: said.party ?? null,
        reason: said.ready ? null : (said.reason ?? null),
        walls: said.walls ?? null,
      };
    }),
  );
  const chainPid = findProcess(chainMarker(directory));
  const nodesReady = nodes.filter((node) => node.ready).length;
  return {
    serving: reachable && nodesReady >= file.threshold,
    rpcUrl: file.rpcUrl,
    chainId: file.chainId,
    chain: { running: chainPid !== 0, reachable, pid: chainPid },
    contracts: { ...file.contracts },
    threshold: file.threshold,
    nodesReady,
    nodes,
  };
}
