import { chainMarker } from './chain.ts';
import { type NetworkFile, requireNetworkFile, writeNetworkFile } from './network-file.ts';
import { nodeMarker } from './node-process.ts';
import { isRunning, stopProcess } from './processes.ts';

/** What `down` ended. */
export interface DownResult {
  readonly stopped: readonly string[];
  readonly directory: string;
}

/** Whether any process of the network runs. */
export function isNetworkRunning(directory: string, file: NetworkFile): boolean {
  return (
    isRunning(file.chainPid, chainMarker(directory)) ||
    file.nodes.some((node) => isRunning(node.pid, nodeMarker(directory, node.name)))
  );
}

/**
 * Ends the network's processes, nodes first so that their last transactions are mined, then the chain, which writes
 * its state. Keys and state stay in the directory.
 */
export async function down(directory: string): Promise<DownResult> {
  const file = requireNetworkFile(directory);
  const running = file.nodes.filter((node) => isRunning(node.pid, nodeMarker(directory, node.name)));
  await Promise.all(running.map((node) => stopProcess(node.pid, nodeMarker(directory, node.name))));
  const chainRan = isRunning(file.chainPid, chainMarker(directory));
  await stopProcess(file.chainPid, chainMarker(directory));
  writeNetworkFile(directory, { ...file, chainPid: 0, nodes: file.nodes.map((node) => ({ ...node, pid: 0 })) });
  return { stopped: [...running.map((node) => node.name), ...(chainRan ? ['chain'] : [])], directory };
}
