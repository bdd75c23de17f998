import pc from 'picocolors';
import { CliError } from '../errors.ts';
import { type NetworkFile, networkFilePath } from '../local-network/network-file.ts';
import { up } from '../local-network/up.ts';
import type { Reporter } from '../output/reporter.ts';
import { interruption, untilInterrupted } from './interruption.ts';
import { stopNetwork } from './network.ts';

export interface UpCommandOptions {
  readonly dir: string;
  readonly nodes: string;
  readonly detach?: boolean;
  readonly chain?: readonly string[];
  readonly allowHost?: readonly string[];
}

/** `keymesh up`: starts the network, prints its endpoints, and unless detached stays until Ctrl-C. */
export async function upCommand(options: UpCommandOptions, report: Reporter): Promise<void> {
  const chains = Object.fromEntries((options.chain ?? []).map(parseChain));
  const signal = interruption();
  const { allowHost: allowedHosts = [] } = options;
  const file = await up({ directory: options.dir, nodes: Number(options.nodes), chains, allowedHosts, signal }, report);
  report.result(endpointsOf(file), endpointsText(options.dir, file));
  if (options.detach === true) return;
  report.note(`\n${pc.dim('The network runs until Ctrl-C.')}`);
  await untilInterrupted(signal);
  await stopNetwork(options.dir, report);
}

/** What `up --json` prints and programs need to connect. */
export function endpointsOf(file: NetworkFile): Record<string, unknown> {
  return {
    rpcUrl: file.rpcUrl,
    chainId: file.chainId,
    contracts: { ...file.contracts },
    nodes: file.nodes.map(({ url, address, pid }) => ({ url, address, pid })),
    threshold: file.threshold,
  };
}

function endpointsText(directory: string, file: NetworkFile): string {
  return [
    `chain      ${file.rpcUrl}  (chain id ${file.chainId})`,
    `directory  ${file.contracts.Directory}`,
    ...file.nodes.map(({ name, url, pid }) => `${name.padEnd(10)} ${url}  (process ${pid})`),
    `threshold  ${file.threshold} of ${file.nodes.length}`,
    pc.dim(`Also in ${networkFilePath(directory)}.`),
  ].join('\n');
}

/** name=chainId@url */
function parseChain(text: string): [string, { readonly chainId: number; readonly rpcUrl: string }] {
  const match = /^([a-zA-Z0-9]{1,32})=(\d+)@(https?:\/\/.+)$/.exec(text);
  const [, name, chainId, rpcUrl] = match ?? [];
  if (name !== undefined && chainId !== undefined && rpcUrl !== undefined)
    return [name, { chainId: Number(chainId), rpcUrl }];
  throw new CliError(`--chain ${text} cannot be read.`, {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'Write name=chainId@url, e.g. --chain base=8453@https://example.org/rpc.',
  });
}
