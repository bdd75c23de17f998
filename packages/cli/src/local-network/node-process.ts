import { createRequire } from 'node:module';
import { join } from 'node:path';
import { STATUS_TIMEOUT_MS } from '../limits.ts';
import { startProcess } from './processes.ts';

/** Directory of one node of the network. */
export function nodeDirectory(directory: string, name: string): string {
  return join(directory, name);
}

function nodeConfigPath(directory: string, name: string): string {
  return join(nodeDirectory(directory, name), 'node.json');
}

/** What the command line of this node's process contains and no other process's does, also not an editor's. */
export function nodeMarker(directory: string, name: string): string {
  return `--config ${nodeConfigPath(directory, name)}`;
}

/** Starts the daemon with the directory's configuration. @returns its process id. */
export function startNodeProcess(directory: string, name: string): Promise<number> {
  const daemon = createRequire(import.meta.url).resolve('@keymesh/node/daemon');
  return startProcess({
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', daemon, '--config', nodeConfigPath(directory, name)],
    logFile: join(nodeDirectory(directory, name), 'node.log'),
  });
}

/** What one node says of itself. */
export interface NodeStatus {
  /** It answers at all. */
  readonly reachable: boolean;
  /** It holds the shares of the epoch in service. */
  readonly ready: boolean;
  readonly epoch: number | undefined;
  readonly party: number | undefined;
  /** Why it is not ready, in its own words. */
  readonly reason: string | undefined;
  /** What stands around the programs that it runs; undefined if it runs none. */
  readonly walls: readonly string[] | undefined;
}

/** Asks a node whether it is ready. Never throws: an unreachable node is a status. */
export async function nodeStatus(url: string): Promise<NodeStatus> {
  try {
    const get = (path: string) => fetch(`${url}${path}`, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    const [answer, health] = await Promise.all([get('/v1/ready'), get('/v1/health')]);
    const body = (await answer.json()) as { epoch?: number; party?: number; error?: { message?: string } };
    const { walls } = (await health.json()) as { walls?: readonly string[] };
    const { epoch, party } = body;
    return { reachable: true, ready: answer.ok, epoch, party, reason: body.error?.message, walls };
  } catch {
    const reason = 'It does not answer.';
    return { reachable: false, ready: false, epoch: undefined, party: undefined, reason, walls: undefined };
  }
}
