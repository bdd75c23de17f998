import { chainMarker } from './chain.ts';
import { type NetworkFile, realDirectory, requireNetworkFile, writeNetworkFile } from './network-file.ts';
import { nodeMarker } from './node-process.ts';
import { findProcess, stopProcess } from './processes.ts';

/** What `down` ended. */
export interface DownResult {
  readonly stopped: readonly string[];
  readonly directory: string;
}

/** Whether any process of the network runs. */
export function isNetworkRunning(directory: string, file: NetworkFile): boolean {
  return [chainMarker(directory), ...file.nodes.map((node) => nodeMarker(directory, node.name))].some(
    (marker) => findProcess(marker) !== 0,
  );
}

/**
 * Ends the network's processes, nodes first so that their last transactions are mined, then the chain, which writes
 * its state. Keys and state stay in the directory.
 */
export async function down(path: string): Promise<DownResult> {
  const directory = realDirectory(path);
  const file = requireNetworkFile(directory);
  const running = file.nodes
    .map(({ name }) => ({ name, marker: nodeMarker(directory, name) }))
    .map((node) => ({ ...node, pid: findProcess(node.marker) }))
    .filter(({ pid }) => pid !== 0);
  await Promise.all(running.map(({ pid, marker }) => stopProcess(pid, marker)));
  const chainPid = findProcess(chainMarker(directory));
  await stopProcess(chainPid, chainMarker(directory));
  writeNetworkFile(directory, { ...file, chainPid: 0, nodes: file.nodes.map((node) => ({ ...node, pid: 0 })) });
  return { stopped: [...running.map((node) => node.name), ...(chainPid === 0 ? [] : ['chain'])], directory };
}
