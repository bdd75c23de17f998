import type { ActionAuthMethod } from '@keymesh/actions';
import {
  bitmapOfParties,
  type ContractAddresses,
  contractErrorsAbi,
  findContracts,
  pkpPermissionsAbi,
  pubkeyRouterAbi,
  SCOPE_PERSONAL_SIGN,
  SCOPE_SIGN_ANYTHING,
  stakingAbi,
  VOTE_GAS_LIMITS,
} from '@keymesh/contracts';
import { type Clock, fromHex, type KeymeshError, type Timer, toHex, toKeymeshError } from '@keymesh/foundation';
import { type Claim, claimHash } from '@keymesh/protocol/claims';
import { ROOT_KEYS } from '@keymesh/threshold';
import {
  createPublicClient,
  createWalletClient,
  getAddress,
  type Hex,
  http,
  type LocalAccount,
  type PublicClient,
  type WalletClient,
} from 'viem';
import { NodeError } from '../errors.ts';
import type { ChainSnapshot, EpochTransactions } from './chain.ts';
import type { KeyRegistry, SigningScope } from './key-registry.ts';
import {
  CHAIN_CALL_TIMEOUT_MS,
  KEY_IDS_CACHED_MAX,
  RECEIPT_POLL_INTERVAL_MS,
  RECEIPT_TIMEOUT_MS,
  REQUEST_CALL_TIMEOUT_MS,
} from './limits.ts';
import { chainError, revertNameOf } from './viem-errors.ts';
import { readSnapshot } from './viem-snapshots.ts';

/** With the errors of the contracts behind it, so that a refusal of theirs has a name. */
const STAKING_ABI = [...stakingAbi, ...contractErrorsAbi] as const;

export interface ViemChainOptions {
  readonly rpcUrl: string;
  readonly directory: string;
  readonly pollIntervalMs: number;
}

export interface ViemChainModules {
  readonly account: LocalAccount;
  readonly clock: Clock;
  readonly onSnapshot: (snapshot: ChainSnapshot) => void;
  /** The chain did not answer, or `onSnapshot` threw; both are tried again after the poll interval. */
  readonly onTrouble: (error: KeymeshError) => void;
}

/** The chain through viem: follows the contracts by polling, reads keys and permissions, sends this node's votes. */
export class ViemChain implements EpochTransactions, KeyRegistry {
  readonly #options: ViemChainOptions;
  readonly #modules: ViemChainModules;
  readonly #client: PublicClient;
  /** For what clients wait for: it gives up sooner. */
  readonly #requestClient: PublicClient;
  readonly #wallet: WalletClient;
  readonly #contracts: ContractAddresses;
  readonly #chainId: number;
  readonly #keyIds = new Map<bigint, Uint8Array>();
  #latest: ChainSnapshot | undefined;
  #timer: Timer | undefined;
  #state: 'new' | 'following' | 'stopped' = 'new';
  /** Transactions go one after another, so that their nonces do not collide. */
  #sending: Promise<void> = Promise.resolve();

  private constructor(
    options: ViemChainOptions,
    modules: ViemChainModules,
    found: { readonly client: PublicClient; readonly contracts: ContractAddresses; readonly chainId: number },
  ) {
    this.#options = options;
    this.#modules = modules;
    this.#client = found.client;
    this.#contracts = found.contracts;
    this.#chainId = found.chainId;
    this.#requestClient = clientOf(options.rpcUrl, REQUEST_CALL_TIMEOUT_MS);
    this.#wallet = createWalletClient({
      account: modules.account,
      transport: transportTo(options.rpcUrl, CHAIN_CALL_TIMEOUT_MS),
    });
  }

  /**
   * Finds the contracts through the directory.
   * @throws NodeError `chain/unreachable`, `chain/unexpected-data`; ContractsError `contracts/directory-incomplete`.
   */
  static async connect(options: ViemChainOptions, modules: ViemChainModules): Promise<ViemChain> {
    const client = clientOf(options.rpcUrl, CHAIN_CALL_TIMEOUT_MS);
    try {
      const [chainId, contracts] = await Promise.all([
        client.getChainId(),
        findContracts(client, getAddress(options.directory)),
      ]);
      return new ViemChain(options, modules, { client, contracts, chainId });
    } catch (thrown) {
      throw chainError(thrown, 'the directory of contracts');
    }
  }

  get chainId(): number {
    return this.#chainId;
  }

  /** The newest snapshot that was handed out. */
  get latest(): ChainSnapshot | undefined {
    return this.#latest;
  }

  /** Begins to follow the chain: one look after another, with the poll interval between. Once. */
  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'following';
    void this.#poll();
  }

  /** Nothing is handed out any more, also not of a look that is under way. */
  stop(): void {
    this.#state = 'stopped';
    this.#timer?.cancel();
  }

  async voteKeyGeneration(vote: Parameters<EpochTransactions['voteKeyGeneration']>[0]): Promise<void> {
    const rootKeys = vote.rootKeys.map(({ name, publicKey }) => ({
      kind: ROOT_KEYS[name].kind,
      pubkey: `0x${toHex(publicKey)}` as const,
    }));
    const args = [BigInt(vote.epoch), vote.attempt, `0x${toHex(vote.resultHash)}` as const, rootKeys] as const;
    // Not an estimate: if others' votes are mined first, this one may be the t-th and cost many times as much.
    const gas = VOTE_GAS_LIMITS.voteKeyGeneration;
    await this.#send('the vote for the generated keys', (account) =>
      this.#client.simulateContract({ ...this.#staking(), account, functionName: 'voteKeyGeneration', args, gas }),
    );
  }

  async voteRetry(vote: Parameters<EpochTransactions['voteRetry']>[0]): Promise<void> {
    const args = [BigInt(vote.epoch), vote.attempt, bitmapOfParties(vote.blamed)] as const;
    const gas = VOTE_GAS_LIMITS.voteRetry;
    await this.#send('the vote for another attempt', (account) =>
      this.#client.simulateContract({ ...this.#staking(), account, functionName: 'voteRetry', args, gas }),
    );
  }

  async advanceEpoch(): Promise<void> {
    await this.#send('the advance of the epoch', (account) =>
      this.#client.simulateContract({ ...this.#staking(), account, functionName: 'advanceEpoch' }),
    );
  }

  /** This node's word, with its account, that the wallet may mint the key that a program claims for it. */
  signClaim(claim: Pick<Claim, 'derivedKeyId' | 'claimer'>): Promise<string> {
    const raw = claimHash({ ...claim, chainId: this.#chainId, pkpNft: this.#contracts.PKPNFT });
    return this.#modules.account.signMessage({ message: { raw } });
  }

  async keyIdOf(tokenId: bigint): Promise<Uint8Array> {
    const known = this.#keyIds.get(tokenId);
    if (known !== undefined) return known;
    try {
      const keyId = await this.#requestClient.readContract({
        ...{ address: this.#contracts.PubkeyRouter, abi: pubkeyRouterAbi },
        functionName: 'keyIdOf',
        args: [tokenId],
      });
      const bytes = fromHex(keyId);
      if (this.#keyIds.size >= KEY_IDS_CACHED_MAX) this.#keyIds.clear();
      this.#keyIds.set(tokenId, bytes);
      return bytes;
    } catch (thrown) {
      if (revertNameOf(thrown) === 'KeyNotFound') throw unknownToken(tokenId);
      throw chainError(thrown, 'the key of a token');
    }
  }

  isPermittedAddress(tokenId: bigint, wallet: string): Promise<boolean> {
    return this.#permission((permissions) =>
      this.#requestClient.readContract({
        ...permissions,
        functionName: 'isPermittedAddress',
        args: [tokenId, getAddress(wallet)],
      }),
    );
  }

  isPermittedAction(tokenId: bigint, multihash: Uint8Array): Promise<boolean> {
    return this.#permission((permissions) =>
      this.#requestClient.readContract({
        ...permissions,
        functionName: 'isPermittedAction',
        args: [tokenId, `0x${toHex(multihash)}`],
      }),
    );
  }

  async scopesOfAddress(tokenId: bigint, wallet: string): Promise<ReadonlySet<SigningScope>> {
    const args = [tokenId, getAddress(wallet), SCOPE_COUNT] as const;
    const flags = await this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedAddressScopes', args }),
    );
    return scopesOf(flags);
  }

  async scopesOfAction(tokenId: bigint, multihash: Uint8Array): Promise<ReadonlySet<SigningScope>> {
    const args = [tokenId, `0x${toHex(multihash)}`, SCOPE_COUNT] as const;
    const flags = await this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedActionScopes', args }),
    );
    return scopesOf(flags);
  }

  isPermittedAuthMethod(tokenId: bigint, { type, id }: Pick<ActionAuthMethod, 'type' | 'id'>): Promise<boolean> {
    const args = [tokenId, type, id as Hex] as const;
    return this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'isPermittedAuthMethod', args }),
    );
  }

  async permittedAuthMethods(tokenId: bigint): Promise<readonly ActionAuthMethod[]> {
    const found = await this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedAuthMethods', args: [tokenId] }),
    );
    return found.map(({ authMethodType: type, id, userPubkey }) => ({ type, id, userPubkey }));
  }

  authMethodScopes(
    tokenId: bigint,
    { type, id }: Pick<ActionAuthMethod, 'type' | 'id'>,
    count: number,
  ): Promise<readonly boolean[]> {
    const args = [tokenId, type, id as Hex, BigInt(count)] as const;
    return this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedAuthMethodScopes', args }),
    );
  }

  permittedAddresses(tokenId: bigint): Promise<readonly string[]> {
    return this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedAddresses', args: [tokenId] }),
    );
  }

  permittedActions(tokenId: bigint): Promise<readonly string[]> {
    return this.#permission((permissions) =>
      this.#requestClient.readContract({ ...permissions, functionName: 'getPermittedActions', args: [tokenId] }),
    );
  }

  async #permission<T>(
    read: (permissions: { readonly address: `0x${string}`; readonly abi: typeof pkpPermissionsAbi }) => Promise<T>,
  ): Promise<T> {
    try {
      return await read({ address: this.#contracts.PKPPermissions, abi: pkpPermissionsAbi });
    } catch (thrown) {
      throw chainError(thrown, 'the permissions of a key');
    }
  }

  #staking() {
    return { address: this.#contracts.Staking, abi: STAKING_ABI } as const;
  }

  /** Simulates, so that a refusal costs nothing and has a name; then sends and waits until it is mined. */
  #send(
    what: string,
    // biome-ignore lint/suspicious/noExplicitAny: viem types each simulated request by its own function
    simulate: (account: LocalAccount) => Promise<{ readonly request: any }>,
  ): Promise<void> {
    const sent = this.#sending.then(async () => {
      try {
        const { request } = await simulate(this.#modules.account);
        const hash = await this.#wallet.writeContract(request);
        const receipt = await this.#client.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
        if (receipt.status !== 'success') throw revertedWhenMined(what);
      } catch (thrown) {
        throw chainError(thrown, what);
      }
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  async #poll(): Promise<void> {
    try {
      const snapshot = await this.#news();
      if (snapshot !== undefined && this.#state === 'following') {
        this.#modules.onSnapshot(snapshot);
        // Only now is it the latest: if it could not be taken in, it is given again.
        this.#latest = snapshot;
      }
    } catch (thrown) {
      if (this.#state === 'following') this.#modules.onTrouble(toKeymeshError(thrown));
    }
    if (this.#state !== 'following') return;
    this.#timer = this.#modules.clock.setTimer(this.#options.pollIntervalMs, () => void this.#poll());
  }

  /** The state at the newest block, if that is another block than the last time; also one of the same height. */
  async #news(): Promise<ChainSnapshot | undefined> {
    try {
      const { number, hash } = await this.#client.getBlock();
      if (hash === this.#latest?.block.hash) return undefined;
      return await readSnapshot(this.#client, this.#contracts, this.#chainId, { number, hash });
    } catch (thrown) {
      throw chainError(thrown, 'the state of the network');
    }
  }
}

const SCOPES: Readonly<Record<SigningScope, bigint>> = {
  anything: SCOPE_SIGN_ANYTHING,
  personal: SCOPE_PERSONAL_SIGN,
};
/** Flags that the contract is asked for: up to the last scope that there is. */
const SCOPE_COUNT = SCOPE_PERSONAL_SIGN + 1n;

function scopesOf(flags: readonly boolean[]): ReadonlySet<SigningScope> {
  return new Set((Object.keys(SCOPES) as SigningScope[]).filter((scope) => flags[Number(SCOPES[scope])]));
}

function clientOf(rpcUrl: string, timeoutMs: number): PublicClient {
  return createPublicClient({
    transport: transportTo(rpcUrl, timeoutMs),
    pollingInterval: RECEIPT_POLL_INTERVAL_MS,
    // Contracts must not send this node to addresses of their choice (EIP-3668).
    ccipRead: false,
  });
}

function transportTo(rpcUrl: string, timeoutMs: number) {
  return http(rpcUrl, { timeout: timeoutMs, retryCount: 0 });
}

function unknownToken(tokenId: bigint): NodeError {
  return new NodeError(`No key has the token id 0x${tokenId.toString(16).padStart(64, '0')}.`, {
    code: 'permissions/unknown-token',
    fault: 'caller',
    hint: 'Mint the key on the network that you ask, and wait until the transaction is mined.',
  });
}

function revertedWhenMined(what: string): NodeError {
  return new NodeError(`The transaction failed when it was mined: ${what}.`, {
    code: 'chain/reverted',
    fault: 'environment',
    hint: 'The state of the chain changed between simulation and mining.',
  });
}
