import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deploy } from '@keymesh/contracts/deploy';
import { CliError } from '../errors.ts';
import { KEYS_TIMEOUT_MS, LOCAL_NODES_MAX, LOCAL_NODES_MIN, POLL_INTERVAL_MS } from '../limits.ts';
import type { Reporter } from '../output/reporter.ts';
import { chainLogFile, DEVELOPMENT_PRIVATE_KEY, LOCAL_CHAIN_ID, startChain } from './chain.ts';
import { down, isNetworkRunning } from './down.ts';
import { type LocalNode, type NetworkFile, readNetworkFile, realDirectory, writeNetworkFile } from './network-file.ts';
import { nodeDirectory, nodeMarker, nodeStatus, startNodeProcess } from './node-process.ts';
import { createNode, type NewNode, writeNodeConfig } from './node-setup.ts';
import { freePort, isPortFree, isRunning } from './processes.ts';
import { joinAndLock } from './register.ts';

export interface UpOptions {
  readonly directory: string;
  /** Number of nodes; only when the network is created. */
  readonly nodes: number;
  /** Further chains that conditions may name. */
  readonly chains: Readonly<Record<string, { readonly chainId: number; readonly rpcUrl: string }>>;
  /** `host` or `host:port` that programs may reach besides the public internet and the local chain. */
  readonly allowedHosts?: readonly string[];
  /** Gives up, and ends what was started. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the network of a directory, creating it the first time: chain, contracts, node processes, keys. It returns
 * when at least t nodes serve; the processes go on after this one ends.
 *
 * @throws CliError `cli/usage`, `cli/already-running`, `cli/port-in-use`, `cli/process-failed`, `cli/start-timeout`.
 */
export async function up(options: UpOptions, report: Reporter): Promise<NetworkFile> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const directory = realDirectory(options.directory);
  const existing = readNetworkFile(directory);
  if (existing !== undefined && isNetworkRunning(directory, existing)) throw alreadyRunning(directory);
  const { signal } = options;
  try {
    const file =
      existing === undefined || existing.nodes.length === 0
        ? await startNodes(directory, await createNetwork({ ...options, directory }, report), report)
        : await restart(directory, existing, report, signal);
    await waitForKeys(directory, file, report, signal);
    return file;
  } catch (thrown) {
    // Nothing half-started stays behind; what was written in the directory does, for another try or a look.
    if (readNetworkFile(directory) !== undefined) await down(directory);
    throw thrown;
  }
}

/**
 * Removes what a creation left that did not come as far as registering its nodes. No keys were generated then: nodes
 * are first started when the file lists them.
 */
function discardUnfinished(directory: string): void {
  if (readNetworkFile(directory)?.nodes.length !== 0) return;
  for (const name of readdirSync(directory)) {
    if (/^(?:node-\d+|chain-state\.json|chain\.log|network\.json)$/.test(name)) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
  }
}

/**
 * Prepares a new network in an empty directory: the chain runs, the contracts are deployed, the operators have joined
 * and the set is locked. No node has been started, so nothing is generated yet.
 * @throws as `up`.
 */
export async function createNetwork(options: UpOptions, report: Reporter): Promise<NetworkFile> {
  const { directory, nodes: count } = options;
  if (!Number.isInteger(count) || count < LOCAL_NODES_MIN || count > LOCAL_NODES_MAX) throw badCount(count);
  discardUnfinished(directory);
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const chainDone = report.step('Starting a local EVM chain');
  const started = { version: 1, rpcUrl, chainId: LOCAL_CHAIN_ID, threshold: 0, nodes: [] } as const;
  // Before the chain: whatever ends this program from here on, `down` knows what to look for.
  writeNetworkFile(directory, { ...started, chainPid: 0, contracts: NO_CONTRACTS });
  const empty = { ...started, chainPid: await startChain(directory, port) };
  writeNetworkFile(directory, { ...empty, contracts: NO_CONTRACTS });
  chainDone(`${rpcUrl}, chain id ${LOCAL_CHAIN_ID}`);
  options.signal?.throwIfAborted();

  const deployDone = report.step('Deploying the contracts');
  const { contracts } = await deploy({
    rpcUrl,
    privateKey: DEVELOPMENT_PRIVATE_KEY,
    // Nobody can lock the set before all of this network's nodes are in it.
    parameters: { minimumValidatorCount: count },
  });
  deployDone(`directory ${contracts.Directory}`);

  const joinDone = report.step(`Registering ${count} operators and locking the validator set`);
  const nodes = await createNodes(directory, count, {
    rpcUrl,
    directoryAddress: contracts.Directory,
    chains: options.chains,
    allowedHosts: options.allowedHosts ?? [],
  });
  const { threshold } = await joinAndLock({ rpcUrl, contracts, nodes });
  joinDone(`threshold ${threshold} of ${count}`);
  const created: NetworkFile = {
    ...empty,
    contracts,
    threshold,
    nodes: nodes.map((node) => ({ ...node.local, pid: 0 })),
  };
  writeNetworkFile(directory, created);
  options.signal?.throwIfAborted();
  return created;
}

async function restart(
  directory: string,
  file: NetworkFile,
  report: Reporter,
  signal: AbortSignal | undefined,
): Promise<NetworkFile> {
  const ports = [
    Number(new URL(file.rpcUrl).port),
    ...file.nodes.flatMap((node) => [Number(new URL(node.url).port), node.meshPort]),
  ];
  for (const port of ports) if (!(await isPortFree(port))) throw portInUse(port, directory);
  const chainDone = report.step('Starting the local EVM chain with its state');
  const chainPid = await startChain(directory, ports[0] as number);
  chainDone(file.rpcUrl);
  const started = { ...file, chainPid };
  writeNetworkFile(directory, started);
  signal?.throwIfAborted();
  return startNodes(directory, started, report);
}

async function startNodes(directory: string, file: NetworkFile, report: Reporter): Promise<NetworkFile> {
  const done = report.step(`Starting ${file.nodes.length} node processes`);
  const nodes: LocalNode[] = [];
  for (const node of file.nodes) nodes.push({ ...node, pid: await startNodeProcess(directory, node.name) });
  const started = { ...file, nodes };
  writeNetworkFile(directory, started);
  done(`process ids ${nodes.map((node) => node.pid).join(', ')}`);
  return started;
}

async function waitForKeys(
  directory: string,
  file: NetworkFile,
  report: Reporter,
  signal: AbortSignal | undefined,
): Promise<void> {
  const done = report.step('Generating the keys among the nodes');
  const deadline = Date.now() + KEYS_TIMEOUT_MS;
  for (;;) {
    const states = await Promise.all(file.nodes.map(({ url }) => nodeStatus(url)));
    const ready = states.filter((state) => state.ready).length;
    const dead = file.nodes.filter((node) => !isRunning(node.pid, nodeMarker(directory, node.name)));
    // All of the living, not only t: a node that is a moment late would else look dead to the first request.
    if (ready >= file.threshold && ready >= file.nodes.length - dead.length - notServing(states)) {
      done(`${ready} of ${file.nodes.length} nodes serve`);
      return;
    }
    if (file.nodes.length - dead.length < file.threshold) throw tooManyDead(directory, dead);
    if (Date.now() > deadline) throw timedOut(directory, states.find((state) => !state.ready)?.reason);
    signal?.throwIfAborted();
    await sleep(POLL_INTERVAL_MS);
  }
}

/** Nodes that live and cannot serve this epoch, because its keys were made without them. */
function notServing(states: readonly { readonly ready: boolean; readonly reason: string | undefined }[]): number {
  return states.filter(({ ready, reason }) => !ready && reason?.includes('made without it') === true).length;
}

async function createNodes(
  directory: string,
  count: number,
  network: Pick<Parameters<typeof writeNodeConfig>[1], 'rpcUrl' | 'directoryAddress' | 'chains' | 'allowedHosts'>,
): Promise<readonly NewNode[]> {
  const nodes: NewNode[] = [];
  for (let i = 1; i <= count; i++) {
    const name = `node-${i}`;
    const home = nodeDirectory(directory, name);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(join(home, 'sealing.key'), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    const [httpPort, meshPort] = [await freePort(), await freePort()];
    writeNodeConfig(home, { name, httpPort, meshPort, ...network });
    nodes.push(createNode(home, { name, httpPort, meshPort }));
  }
  return nodes;
}

const ZERO = '0x0000000000000000000000000000000000000000';
/** Until they are deployed. */
const NO_CONTRACTS: NetworkFile['contracts'] = {
  Directory: ZERO,
  KeymeshToken: ZERO,
  Staking: ZERO,
  PubkeyRouter: ZERO,
  PKPNFT: ZERO,
  PKPPermissions: ZERO,
};

function badCount(count: number): CliError {
  return new CliError(`A local network cannot have ${count} nodes.`, {
    code: 'cli/usage',
    fault: 'caller',
    hint: `Give --nodes a number from ${LOCAL_NODES_MIN} to ${LOCAL_NODES_MAX}.`,
  });
}

function alreadyRunning(directory: string): CliError {
  return new CliError(`The network in ${directory} is already running.`, {
    code: 'cli/already-running',
    fault: 'caller',
    hint: 'See it with `keymesh status`, end it with `keymesh down`, or give another directory with --dir.',
  });
}

function portInUse(port: number, directory: string): CliError {
  return new CliError(`Port ${port}, which the network in ${directory} was created with, is in use.`, {
    code: 'cli/port-in-use',
    fault: 'environment',
    hint: 'End the program that uses it. The ports are part of what is registered on the chain, so they cannot change.',
  });
}

function tooManyDead(directory: string, dead: readonly LocalNode[]): CliError {
  const names = dead.map(({ name }) => name);
  return new CliError(`${names.join(', ')} ended at the start.`, {
    code: 'cli/process-failed',
    fault: 'environment',
    hint: `The reason is at the end of ${join(nodeDirectory(directory, names[0] as string), 'node.log')}.`,
  });
}

function timedOut(directory: string, reason: string | undefined): CliError {
  return new CliError(`The keys were not ready after ${KEYS_TIMEOUT_MS / 1_000} s. ${reason ?? ''}`.trim(), {
    code: 'cli/start-timeout',
    fault: 'environment',
    hint: `The nodes' logs are ${join(directory, 'node-*', 'node.log')}; the chain's is ${chainLogFile(directory)}.`,
  });
}
