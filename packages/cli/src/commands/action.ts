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
  endSession,
  executeAction,
  type NodeRun,
  permitAction,
  revokeAction,
} from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import { requireNetworkFile } from '../local-network/network-file.ts';
import { nodeDirectory } from '../local-network/node-process.ts';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, connectToChainOf, type NetworkOptions, walletOf } from './context.ts';
import { readInput, writeOutput } from './files.ts';
import { isCid, programCid, programParams, programText } from './program-arguments.ts';

/** `keymesh action cid`. */
export function showCid(path: string, report: Reporter): void {
  const bytes = readInput(path);
  const value = { cid: cidOf(bytes, 0), cidv1: cidOf(bytes, 1), bytes: bytes.length };
  report.result(value, value.cid);
}

/** `keymesh action run`. */
export async function runAction(
  program: string,
  options: NetworkOptions & { readonly params?: string; readonly strategy?: string },
  report: Reporter,
): Promise<void> {
  const network = await connectTo(options);
  const session = await createSession(network, {
    wallet: accountOf(options),
    capabilities: [allowExecution(), allowSigning('*'), allowDecryption()],
  });
  try {
    const result = await executeAction(network, {
      session,
      ...(isCid(program) ? { ipfsId: program } : { code: programText(program) }),
      jsParams: programParams(options.params),
      responseStrategy: strategyOf(options.strategy),
    });
    report.result(describeResult(result), resultText(result));
  } catch (thrown) {
    if (thrown instanceof ActionFailure) report.note(logsText(thrown.nodes));
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

function describeResult({ response, logs, signatures, claims, ipfsId, nodes }: ActionResult) {
  return {
    ...{ cid: ipfsId, response, logs, claims },
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
    nodes: nodes.map(({ party, url, response: own, logs: ownLogs }) => ({ party, url, response: own, logs: ownLogs })),
  };
}

function resultText(result: ActionResult): string {
  const signatures = Object.entries(result.signatures).map(
    ([name, { scheme, signature, recoveryId }]) =>
      `signature ${name} (${scheme})  0x${toHex(signature)}${recoveryId === undefined ? '' : `  recovery id ${recoveryId}`}`,
  );
  const claims = Object.entries(result.claims).map(([name, { derivedKeyId }]) => `claim ${name}  0x${derivedKeyId}`);
  return [
    logsText(result.nodes),
    ...signatures,
    ...claims,
    ...(result.response === '' ? [] : [`response  ${result.response}`]),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** What nodes logged: together where they logged the same. */
function logsText(nodes: readonly NodeRun[]): string {
  const byLogs = new Map<string, number[]>();
  for (const { party, logs } of nodes) byLogs.set(logs, [...(byLogs.get(logs) ?? []), party]);
  return [...byLogs]
    .filter(([logs]) => logs !== '')
    .map(
      ([logs, parties]) =>
        `${parties.length === nodes.length ? 'all nodes' : `node ${parties.join(', ')}`} │ ${logs.trimEnd().replaceAll('\n', '\n          │ ')}`,
    )
    .join('\n');
}
