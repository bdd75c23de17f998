import { toHex } from '@keymesh/foundation';
import {
  findKey,
  type Key,
  listKeys,
  mint,
  type NetworkOnChain,
  publicKeysOf,
  SCHEMES,
  type SchemeName,
} from '@keymesh/sdk';
import type { Reporter } from '../output/reporter.ts';
import { accountOf, connectTo, connectToChainOf, type NetworkOptions, walletOf } from './context.ts';
import { programCid } from './program-arguments.ts';

/** A key and its public key for each scheme, as `--json` prints it. */
export function describeKey(network: NetworkOnChain, key: Key): Record<string, unknown> {
  const publicKeys = Object.entries(publicKeysOf(network, key)).map(([scheme, bytes]) => [scheme, `0x${toHex(bytes)}`]);
  return {
    tokenId: key.tokenId,
    publicKey: key.publicKey,
    address: key.address,
    keyId: `0x${toHex(key.keyId)}`,
    publicKeys: Object.fromEntries(publicKeys),
  };
}

export async function mintKey(options: NetworkOptions & { readonly bindTo?: string }, report: Reporter): Promise<void> {
  const boundTo = options.bindTo === undefined ? undefined : programCid(options.bindTo);
  const network = await connectTo(options);
  const walletClient = walletOf(options);
  const key = await mint(network, { walletClient, ...(boundTo === undefined ? {} : { boundTo }) });
  const value = {
    ...describeKey(network, key),
    ...(boundTo === undefined ? { owner: accountOf(options).address } : { boundTo }),
    transactionHash: key.transactionHash,
  };
  report.result(value, keyText(value));
}

export async function listOwnKeys(
  options: NetworkOptions & { readonly owner?: string },
  report: Reporter,
): Promise<void> {
  const network = await connectToChainOf(options);
  const owner = options.owner ?? accountOf(options).address;
  const keys = await listKeys(network, owner);
  const lines = keys.map((key) => `${key.tokenId}  ${key.address}`);
  report.result(
    { owner, keys: keys.map(({ tokenId, publicKey, address }) => ({ tokenId, publicKey, address })) },
    lines.length === 0 ? `${owner} owns no key. Mint one with \`keymesh key mint\`.` : lines.join('\n'),
  );
}

export async function showKey(reference: string, options: NetworkOptions, report: Reporter): Promise<void> {
  const network = await connectToChainOf(options);
  const value = describeKey(network, await findKey(network, reference));
  report.result(value, keyText(value));
}

function keyText(value: Record<string, unknown>): string {
  const rows = Object.entries(value.publicKeys as Record<SchemeName, string>).map(
    ([scheme, publicKey]) => [scheme, SCHEMES[scheme as SchemeName].publicKeyEncoding, publicKey] as const,
  );
  const schemeWidth = Math.max(...rows.map(([scheme]) => scheme.length));
  const encodingWidth = Math.max(...rows.map(([, encoding]) => encoding.length));
  return [
    `token id   ${String(value.tokenId)}`,
    `address    ${String(value.address)}`,
    'public keys',
    ...rows.map(
      ([scheme, encoding, publicKey]) =>
        `  ${scheme.padEnd(schemeWidth)}  ${encoding.padEnd(encodingWidth)}  ${publicKey}`,
    ),
  ].join('\n');
}
