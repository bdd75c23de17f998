import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIdentity, type NodeConfigFile } from '@keymesh/node';
import type { Address } from 'viem';
import { LOCAL_CHAIN_ID } from './chain.ts';
import type { LocalNode } from './network-file.ts';

/** Names under which conditions may name the local chain itself. */
const LOCAL_CHAIN_NAMES = ['localchain', 'anvil'];
/** How often a node of a local network looks for a new block. Milliseconds. */
const LOCAL_POLL_INTERVAL_MS = 100;
/** A block takes no time here, so silence is seen sooner than on a network across continents. Milliseconds. */
const LOCAL_KEYGEN_ROUND_TIMEOUT_MS = 10_000;

/** On one machine every client has the same address, so what one may do is what all may do together. */
const LOCAL_REQUESTS_PER_MINUTE = 120_000;
/** Sandboxes that each node of a local network starts ahead. */
const LOCAL_SANDBOXES_COUNT = 2;

/** A node that was given an identity and is not registered yet. */
export interface NewNode {
  readonly address: Address;
  /** Ed25519, 32 bytes. */
  readonly meshIdentity: Uint8Array;
  /** X25519, 32 bytes. */
  readonly sealingKey: Uint8Array;
  readonly local: Omit<LocalNode, 'pid'>;
}

/** Writes the configuration of one node of a local network. */
export function writeNodeConfig(
  home: string,
  node: {
    readonly name: string;
    readonly httpPort: number;
    readonly meshPort: number;
    readonly rpcUrl: string;
    readonly directoryAddress: string;
    readonly chains: Readonly<Record<string, { readonly chainId: number; readonly rpcUrl: string }>>;
    readonly allowedHosts: readonly string[];
  },
): void {
  const own = LOCAL_CHAIN_NAMES.map((name) => [
    name,
    { chainId: LOCAL_CHAIN_ID, rpcUrls: [node.rpcUrl], publicRpcUrl: node.rpcUrl },
  ]);
  const further = Object.entries(node.chains).map(([name, { chainId, rpcUrl }]) => [
    name,
    { chainId, rpcUrls: [rpcUrl] },
  ]);
  const config: NodeConfigFile = {
    name: node.name,
    rpcUrl: node.rpcUrl,
    directory: node.directoryAddress,
    http: { host: '127.0.0.1', port: node.httpPort },
    mesh: { host: '127.0.0.1', port: node.meshPort },
    dataDirectory: 'data',
    sealingKeyFile: 'sealing.key',
    chains: Object.fromEntries([...own, ...further]),
    pollIntervalMs: LOCAL_POLL_INTERVAL_MS,
    keygenRoundTimeoutMs: LOCAL_KEYGEN_ROUND_TIMEOUT_MS,
    requestsPerMinute: LOCAL_REQUESTS_PER_MINUTE,
    // Programs may ask the local chain. The second wall stands where the machine has it; `keymesh status` says whether.
    actions: {
      walls: 'optional',
      recordings: true,
      sandboxes: LOCAL_SANDBOXES_COUNT,
      allowedHosts: [new URL(node.rpcUrl).host, ...node.allowedHosts],
    },
  };
  writeFileSync(join(home, 'node.json'), `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}

/** Creates the node's keys, sealed under its sealing key, and returns the public ones. */
export function createNode(
  home: string,
  node: { readonly name: string; readonly httpPort: number; readonly meshPort: number },
): NewNode {
  const identity = createIdentity(
    { dataDirectory: join(home, 'data'), sealingKeyFile: join(home, 'sealing.key') },
    (length) => new Uint8Array(randomBytes(length)),
  );
  return {
    address: identity.nodeAddress as Address,
    meshIdentity: identity.meshIdentity,
    sealingKey: identity.sealingKey,
    local: {
      name: node.name,
      url: `http://127.0.0.1:${node.httpPort}`,
      address: identity.nodeAddress,
      meshPort: node.meshPort,
    },
  };
}
