import {
  type Abi,
  type Address,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  ContractFunctionRevertedError,
  createTestClient,
  createWalletClient,
  http,
  publicActions,
  type TransactionReceipt,
} from 'viem';
import { anvil as anvilChain } from 'viem/chains';
import { expect } from 'vitest';
import { contractErrorsAbi } from '../src/index.ts';
import { type Anvil, startAnvil } from './anvil.ts';

type Mutable = 'nonpayable' | 'payable';

/** A transaction from one of the chain's unlocked accounts. */
export interface Call<A extends Abi, F extends ContractFunctionName<A, Mutable>> {
  readonly from: Address;
  readonly address: Address;
  readonly abi: A;
  readonly functionName: F;
  readonly args?: ContractFunctionArgs<A, Mutable, F>;
  readonly value?: bigint;
}

/** A chain, a client for reading, and accounts that the chain signs for. */
export async function startChain() {
  const anvil: Anvil = await startAnvil();
  const transport = http(anvil.rpcUrl);
  const client = createTestClient({ mode: 'anvil', chain: anvilChain, transport, pollingInterval: 10 }).extend(
    publicActions,
  );
  const wallet = createWalletClient({ chain: anvilChain, transport });
  const accounts = await wallet.getAddresses();
  return {
    rpcUrl: anvil.rpcUrl,
    client,
    accounts,
    stop: anvil.stop,

    /** Sends a transaction and returns its receipt; a revert throws. */
    async send<const A extends Abi, F extends ContractFunctionName<A, Mutable>>(
      call: Call<A, F>,
    ): Promise<TransactionReceipt> {
      const { from, ...rest } = call;
      const abi = [...call.abi, ...contractErrorsAbi];
      const hash = await wallet.writeContract({ ...rest, abi, account: from } as never);
      const receipt = await client.waitForTransactionReceipt({ hash });
      expect(receipt.status).toBe('success');
      return receipt;
    },

    /** Simulates a transaction and returns the name of the custom error it reverts with, or `ok`. */
    async outcome<const A extends Abi, F extends ContractFunctionName<A, Mutable>>(call: Call<A, F>): Promise<string> {
      const { from, ...rest } = call;
      const abi = [...call.abi, ...contractErrorsAbi];
      try {
        await client.simulateContract({ ...rest, abi, account: from } as never);
        return 'ok';
      } catch (error) {
        const revert = error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError);
        if (!(revert instanceof ContractFunctionRevertedError) || revert.data === undefined) throw error;
        return revert.data.errorName;
      }
    },
  };
}

export type Chain = Awaited<ReturnType<typeof startChain>>;
