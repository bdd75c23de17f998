import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '@keymesh/foundation';
import { programDirectory } from '@keymesh/node';
import {
  ActionFailure,
  type ActionResult,
  allowDecryption,
  allowExecution,
  allowSigning,
  cidOf,
  createSession,
  describeParting,
  endSession,
  executeAction,
  type Key,
  mintClaimed,
  type Network,
  type NodeRun,
  permitAction,
  revokeAction,
  SdkError,
} from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import { readNetworkFile, requireNetworkFile } from '../local-network/network-file.ts';
import { nodeDirectory } from '../local-network/node-process.ts';
import { liveLines, logLines, responseLine } from '../output/outcome-lines.ts';
import type { Reporter } from '../output/reporter.ts';
import { writeRecording } from '../recordings/recording-file.ts';
import { accountOf, connectTo, connectToChainOf, type NetworkOptions, walletOf } from './context.ts';
import { readInput, writeOutput } from './files.ts';
import { looksLikeCid, programCid, programParams, programText } from './program-arguments.ts';

/** `keymesh action cid`. */
export function showCid(path: string, report: Reporter): void {
  const bytes = readInput(path);
  const value = { cid: cidOf(bytes, 0), cidv1: cidOf(bytes, 1), bytes: bytes.length };
  report.result(value, value.cid);
}

/** `keymesh action run`. */
export async function runAction(
  program: string,
  options: NetworkOptions & {
    readonly params?: string;
    readonly strategy?: string;
    readonly record?: string;
    readonly mintClaims?: boolean;
  },
  report: Reporter,
): Promise<void> {
  const network = await connectTo(options);
  const nameOf = nodeNames(options);
  const session = await createSession(network, {
    wallet: accountOf(options),
    capabilities: [allowExecution(), allowSigning('*'), allowDecryption()],
  });
  try {
    const result = await executeAction(network, {
      session,
      ...(looksLikeCid(program) ? { ipfsId: program } : { code: programText(program) }),
      jsParams: programParams(options.params),
      responseStrategy: strategyOf(options.strategy),
      record: options.record !== undefined,
      ...(report.live ? { onLogs: (run, logs) => report.note(liveLines(nameOf(run), logs)) } : {}),
    });
    keepRecording(result.nodes, options, nameOf, report);
    if (result.parting !== undefined) report.note(`Responses differ. ${describeParting(result.parting)}`);
    const minted = options.mintClaims === true ? await mintClaims(network, result, options, report) : {};
    const logs = report.live ? '' : logsText(result.nodes, nameOf);
    report.result(describeResult(result, minted, nameOf), resultText(result, minted, logs));
  } catch (thrown) {
    if (thrown instanceof ActionFailure) {
      if (!report.live) report.note(logsText(thrown.nodes, nameOf));
      keepRecording(thrown.nodes, options, nameOf, report);
    }
    throw thrown;
  } finally {
    endSession(session);
  }
}

/** `keymesh action publish`: on a local network its operator is who types this, so each node's directory is at hand. */
export function publishAction(path: string, options: { readonly dir: string }, report: Reporter): void {
  const text = programText(path);
  const cid = cidOf(text);
  const { nodes } = requireNetworkFile(options.dir);
  for (const { name } of nodes) {
    const directory = programDirectory(join(nodeDirectory(options.dir, name), 'data'));
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeOutput(join(directory, cid), text);
  }
  report.result({ cid, nodes: nodes.map(({ name }) => name) }, cid);
}

/** `keymesh action permit` and `keymesh action revoke`. */
export async function changePermission(
  what: 'permit' | 'revoke',
  program: string,
  options: NetworkOptions & { readonly key: string; readonly personal?: boolean },
  report: Reporter,
): Promise<void> {
  const network = await connectToChainOf(options);
  const ipfsId = programCid(program);
  const parameters = { walletClient: walletOf(options), key: options.key, ipfsId };
  const scope = options.personal === true ? 'personal' : 'anything';
  const transactionHash =
    what === 'permit' ? await permitAction(network, { ...parameters, scope }) : await revokeAction(network, parameters);
  const text =
    what === 'revoke'
      ? `${ipfsId} may not sign with the key any more`
      : `${ipfsId} may sign ${scope === 'personal' ? 'texts' : 'anything'} with the key`;
  report.result({ cid: ipfsId, transactionHash }, text);
}

function strategyOf(text: string | undefined): 'leastCommon' | 'mostCommon' {
  if (text === undefined || text === 'leastCommon' || text === 'mostCommon') return text ?? 'leastCommon';
  throw new CliError(`There is no response strategy ${text}.`, {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'The strategies are leastCommon and mostCommon.',
  });
}

/** By the program's names for them. */
type MintedClaims = Readonly<Record<string, Pick<Key, 'tokenId' | 'address' | 'publicKey'>>>;

async function mintClaims(
  network: Network,
  { claims }: ActionResult,
  options: NetworkOptions,
  report: Reporter,
): Promise<MintedClaims> {
  const walletClient = walletOf(options);
  const minted: Record<string, MintedClaims[string]> = {};
  // One after the other: they are transactions of one account.
  for (const [name, claim] of Object.entries(claims)) {
    try {
      const { tokenId, address, publicKey } = await mintClaimed(network, { walletClient, claim });
      minted[name] = { tokenId, address, publicKey };
    } catch (thrown) {
      // A program that runs again claims the same keys.
      if (!(thrown instanceof SdkError) || thrown.details.revert !== 'KeyAlreadyRegistered') throw thrown;
      report.note(`The key ${name} was minted before.`);
    }
  }
  return minted;
}

type NameOf = (run: Pick<NodeRun, 'url'>) => string;

/** Names of nodes as the local network's file has them; their addresses elsewhere. */
function nodeNames(options: NetworkOptions): NameOf {
  const file = options.rpcUrl === undefined ? readNetworkFile(options.dir) : undefined;
  const names = new Map(file?.nodes.map(({ url, name }) => [url, name]));
  return ({ url }) => names.get(url) ?? new URL(url).host;
}

function keepRecording(
  nodes: readonly NodeRun[],
  { record }: { readonly record?: string },
  nameOf: NameOf,
  report: Reporter,
): void {
  if (record === undefined) return;
  const kept = writeRecording(record, nodes, nameOf);
  report.note(`${record} has the runs of ${kept.join(', ')}, and everything that the program saw.`);
}

function describeResult(
  { response, logs, signatures, claims, ipfsId, nodes }: ActionResult,
  minted: MintedClaims,
  nameOf: NameOf,
) {
  return {
    ...{ cid: ipfsId, response, logs, claims, minted },
    signatures: Object.fromEntries(
      Object.entries(signatures).map(([name, { signature, publicKey, message, recoveryId, scheme, tokenId }]) => [
        name,
        {
          signature: `0x${toHex(signature)}`,
          ...(recoveryId === undefined ? {} : { recoveryId }),
          ...{ scheme, tokenId, publicKey: `0x${toHex(publicKey)}`, message: `0x${toHex(message)}` },
        },
      ]),
    ),
    nodes: nodes.map((run) => ({
      ...{ node: nameOf(run), party: run.party, url: run.url, response: run.response, logs: run.logs },
    })),
  };
}

function resultText(result: ActionResult, minted: MintedClaims, logs: string): string {
  const signatures = Object.entries(result.signatures).map(
    ([name, { scheme, signature, recoveryId }]) =>
      `signature ${name} (${scheme})  0x${toHex(signature)}${recoveryId === undefined ? '' : `  recovery id ${recoveryId}`}`,
  );
  const claims = Object.entries(result.claims).map(([name, { derivedKeyId }]) => {
    const key = minted[name];
    return key === undefined ? `claim ${name}  0x${derivedKeyId}` : `minted ${name}  ${key.tokenId}  ${key.address}`;
  });
  return [logs, ...signatures, ...claims, ...(result.response === '' ? [] : [responseLine(result.response)])]
    .filter((line) => line !== '')
    .join('\n');
}

/** What nodes logged: together where they logged the same. */
function logsText(nodes: readonly NodeRun[], nameOf: NameOf): string {
  const byLogs = new Map<string, string[]>();
  for (const run of nodes) byLogs.set(run.logs, [...(byLogs.get(run.logs) ?? []), nameOf(run)]);
  const named = [...byLogs]
    .filter(([logs]) => logs !== '')
    .map(([logs, names]) => [names.length === nodes.length ? 'all nodes' : names.join(', '), logs] as const);
  const width = Math.max(0, ...named.map(([names]) => names.length));
  return named.flatMap(([names, logs]) => logLines(names, logs, width)).join('\n');
}
