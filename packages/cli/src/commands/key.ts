import { toHex } from '@keymesh/foundation';
import { findKey, type Key, listKeys, mint, type Network, publicKeyFor, SCHEME_NAMES } from '@keymesh/sdk';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, type NetworkOptions, walletOf } from './context.ts';

/** A key and its public key for each scheme, as `--json` prints it. */
export function describeKey(network: Network, key: Key): Record<string, unknown> {
  const publicKeys = SCHEME_NAMES.map((scheme) => [scheme, `0x${toHex(publicKeyFor(network, key, scheme))}`]);
  return {
    tokenId: key.tokenId,
    publicKey: key.publicKey,
    address: key.address,
    keyId: `0x${toHex(key.keyId)}`,
    publicKeys: Object.fromEntries(publicKeys),
  };
}

export async function mintKey(options: NetworkOptions, report: Reporter): Promise<void> {
  const network = await connectTo(options);
  const key = await mint(network, { walletClient: walletOf(options) });
  const value = {
    ...describeKey(network, key),
    owner: accountOf(options).address,
    transactionHash: key.transactionHash,
  };
  report.result(value, keyText(value));
}

export async function listOwnKeys(
  options: NetworkOptions & { readonly owner?: string },
  report: Reporter,
): Promise<void> {
  const network = await connectTo(options);
  const owner = options.owner ?? accountOf(options).address;
  const keys = await listKeys(network, owner);
  const lines = keys.map((key) => `${key.tokenId}  ${key.address}`);
  report.result(
    { owner, keys: keys.map(({ tokenId, publicKey, address }) => ({ tokenId, publicKey, address })) },
    lines.length === 0 ? `${owner} owns no key. Mint one with \`keymesh key mint\`.` : lines.join('\n'),
  );
}

export async function showKey(reference: string, options: NetworkOptions, report: Reporter): Promise<void> {
  const network = await connectTo(options);
  const value = describeKey(network, await findKey(network, reference));
  report.result(value, keyText(value));
}

function keyText(value: Record<string, unknown>): string {
  const publicKeys = Object.entries(value.publicKeys as Record<string, string>);
  const width = Math.max(...publicKeys.map(([scheme]) => scheme.length));
  return [
    `token id   ${String(value.tokenId)}`,
    `address    ${String(value.address)}`,
    'public keys',
    ...publicKeys.map(([scheme, key]) => `  ${scheme.padEnd(width)}  ${key}`),
  ].join('\n');
}
