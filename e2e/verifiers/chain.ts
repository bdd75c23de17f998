import { partiesOfBitmap, stakingAbi } from '@keymesh/contracts';
import { type Address, createPublicClient, createWalletClient, type Hex, http, parseAbi, toBytes } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** Written by hand from docs/spec/network.md, so that a wrong generated ABI would be seen. */
const ROUTER_ABI = parseAbi([
  'function keyIdOf(uint256 tokenId) view returns (bytes32)',
  'function getRootKeys(string keySetId) view returns ((uint8 kind, bytes pubkey)[])',
  'function getPubkey(uint256 tokenId) view returns (bytes)',
  'function getEthAddress(uint256 tokenId) view returns (address)',
]);
const PERMISSIONS_ABI = parseAbi([
  'function addPermittedAddress(uint256 tokenId, address user, uint256[] scopes)',
  'function removePermittedAddress(uint256 tokenId, address user)',
]);
const KEY_SET_ID = 'keymesh-keyset1';
const SIGN_ANYTHING = 1n;
/** Anvil mines at once. Milliseconds. */
const RECEIPT_POLL_INTERVAL_MS = 50;

/** The second and third accounts that anvil funds; public knowledge. The first is the CLI's own default. */
export const ALICE: Hex = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
export const BOB: Hex = '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a';
/** The account that the CLI uses on a local network. */
export const DEVELOPER: Hex = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

export function addressOf(privateKey: Hex): Address {
  return privateKeyToAccount(privateKey).address;
}

/** What `keymesh up --json` prints, as far as these functions need it. */
export interface Endpoints {
  readonly rpcUrl: string;
  readonly contracts: Readonly<Record<string, string>>;
}

export function clientOf({ rpcUrl }: Pick<Endpoints, 'rpcUrl'>) {
  return createPublicClient({ transport: http(rpcUrl), pollingInterval: RECEIPT_POLL_INTERVAL_MS });
}

/** Root public keys by their kind on chain (1 … 10). */
export async function readRootKeys(endpoints: Endpoints): Promise<ReadonlyMap<number, Uint8Array>> {
  const roots = await clientOf(endpoints).readContract({
    address: endpoints.contracts.PubkeyRouter as Address,
    abi: ROUTER_ABI,
    functionName: 'getRootKeys',
    args: [KEY_SET_ID],
  });
  return new Map(roots.map(({ kind, pubkey }) => [kind, toBytes(pubkey)]));
}

export async function readKeyId(endpoints: Endpoints, tokenId: string): Promise<Uint8Array> {
  const keyId = await clientOf(endpoints).readContract({
    address: endpoints.contracts.PubkeyRouter as Address,
    abi: ROUTER_ABI,
    functionName: 'keyIdOf',
    args: [BigInt(tokenId)],
  });
  return toBytes(keyId);
}

/** The public key that the contract computed when the token was minted: 65 bytes. */
export async function readMintedPublicKey(endpoints: Endpoints, tokenId: string): Promise<Uint8Array> {
  const publicKey = await clientOf(endpoints).readContract({
    address: endpoints.contracts.PubkeyRouter as Address,
    abi: ROUTER_ABI,
    functionName: 'getPubkey',
    args: [BigInt(tokenId)],
  });
  return toBytes(publicKey);
}

/** The Ethereum address that the contract computes for a token. */
export function readEthAddress(endpoints: Endpoints, tokenId: string): Promise<Address> {
  return clientOf(endpoints).readContract({
    address: endpoints.contracts.PubkeyRouter as Address,
    abi: ROUTER_ABI,
    functionName: 'getEthAddress',
    args: [BigInt(tokenId)],
  });
}

/** How the epoch in service came about: 0 for the first attempt, and who was left out. */
export async function readActiveEpoch(
  endpoints: Endpoints,
): Promise<{ readonly number: bigint; readonly attempt: number; readonly excluded: readonly number[] }> {
  const { number, attempt, excluded } = await clientOf(endpoints).readContract({
    address: endpoints.contracts.Staking as Address,
    abi: stakingAbi,
    functionName: 'activeEpoch',
  });
  return { number, attempt, excluded: partiesOfBitmap(excluded) };
}

/** The owner of a token (default: the CLI's account) lets an address sign with it. */
export function permit(endpoints: Endpoints, tokenId: string, user: Address, owner = DEVELOPER): Promise<void> {
  return send(endpoints, owner, {
    functionName: 'addPermittedAddress',
    args: [BigInt(tokenId), user, [SIGN_ANYTHING]],
  });
}

/** Takes the permission back. */
export function forbid(endpoints: Endpoints, tokenId: string, user: Address, owner = DEVELOPER): Promise<void> {
  return send(endpoints, owner, { functionName: 'removePermittedAddress', args: [BigInt(tokenId), user] });
}

async function send(
  endpoints: Endpoints,
  owner: Hex,
  call:
    | { readonly functionName: 'addPermittedAddress'; readonly args: [bigint, Address, bigint[]] }
    | { readonly functionName: 'removePermittedAddress'; readonly args: [bigint, Address] },
): Promise<void> {
  const wallet = createWalletClient({ account: privateKeyToAccount(owner), transport: http(endpoints.rpcUrl) });
  const hash = await wallet.writeContract({
    ...call,
    address: endpoints.contracts.PKPPermissions as Address,
    abi: PERMISSIONS_ABI,
    chain: null,
  } as Parameters<typeof wallet.writeContract>[0]);
  const receipt = await clientOf(endpoints).waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw new Error(`${call.functionName} reverted.`);
}
