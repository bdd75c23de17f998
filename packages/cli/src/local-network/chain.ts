import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { CHAIN_START_TIMEOUT_MS, POLL_INTERVAL_MS, STATUS_TIMEOUT_MS } from '../limits.ts';
import { isRunning, startProcess } from './processes.ts';

/** Chain id of a local network: the one that development tools and the reference's SDK use. */
export const LOCAL_CHAIN_ID = 31_337;

/**
 * The private key of the first account that anvil funds at its start (mnemonic `test test … junk`). It is public
 * knowledge: everybody has it, and it must never hold anything of value.
 */
export const DEVELOPMENT_PRIVATE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

/** Seconds between two writes of the chain's state, so that a killed chain loses little. */
const STATE_INTERVAL_SECONDS = 1;

function chainStatePath(directory: string): string {
  return join(directory, 'chain-state.json');
}

/** What the command line of this network's chain contains and no other process's does, also not an editor's. */
export function chainMarker(directory: string): string {
  return `--state ${chainStatePath(directory)}`;
}

/** What the chain prints. */
export function chainLogFile(directory: string): string {
  return join(directory, 'chain.log');
}

/** Starts anvil with the state that the directory holds, and waits until it answers. @returns its process id. */
export async function startChain(directory: string, port: number): Promise<number> {
  const logFile = chainLogFile(directory);
  const pid = await startProcess({
    command: anvilBinary(),
    args: [
      ...['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(LOCAL_CHAIN_ID)],
      ...['--state', chainStatePath(directory), '--state-interval', String(STATE_INTERVAL_SECONDS), '--quiet'],
    ],
    logFile,
  });
  const deadline = Date.now() + CHAIN_START_TIMEOUT_MS;
  while (!(await chainAnswers(`http://127.0.0.1:${port}`))) {
    if (Date.now() > deadline || !isRunning(pid, chainMarker(directory))) {
      throw new CliError('The local chain did not start.', {
        code: 'cli/process-failed',
        fault: 'environment',
        hint: `Its output is in ${logFile}.`,
      });
    }
    await sleep(POLL_INTERVAL_MS);
  }
  return pid;
}

/** Whether an EVM node answers there. */
export async function chainAnswers(rpcUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
      signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The program itself and not its JavaScript wrapper, so that the process id is the chain's. */
function anvilBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const platform = process.platform === 'win32' ? 'win32' : process.platform;
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'));
  try {
    return require.resolve(`@foundry-rs/anvil-${platform}-${architecture}/bin/anvil`);
  } catch (cause) {
    throw new CliError(`anvil is not installed for ${platform}-${architecture}.`, {
      code: 'cli/process-failed',
      fault: 'environment',
      hint: 'Run `npm ci` with optional dependencies, on Linux or macOS with x64 or arm64.',
      cause,
    });
  }
}
