/** A key that no machine has pays from its own Ethereum address, through an ordinary viem wallet client. */
import { allowSigning, connect, createSession, endSession, mint } from '@keymesh/sdk';
import { toViemAccount } from '@keymesh/sdk/viem';
import { createPublicClient, createWalletClient, formatEther, http, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { localNetwork } from '../local-network.ts';

const { rpcUrl, directory, privateKey } = localNetwork();
const on = { chain: foundry, transport: http(rpcUrl) };
const chain = createPublicClient({ ...on, pollingInterval: 100 });
const owner = privateKeyToAccount(privateKey);
const ownersWallet = createWalletClient({ ...on, account: owner });

// The owner mints a key, and lets a session sign with it for a while.
const network = await connect({ rpcUrl, directory });
const key = await mint(network, { walletClient: ownersWallet });
const session = await createSession(network, { wallet: owner, capabilities: [allowSigning(key)] });
console.log(`minted      ${key.tokenId}\naddress     ${key.address}`);

// An account of viem, like one from a private key, except that nobody has the private key.
const account = await toViemAccount(network, { session, key });
const wallet = createWalletClient({ ...on, account });

const funding = await ownersWallet.sendTransaction({ to: account.address, value: parseEther('1') });
await chain.waitForTransactionReceipt({ hash: funding });

const hash = await wallet.sendTransaction({ to: owner.address, value: parseEther('0.25') });
const receipt = await chain.waitForTransactionReceipt({ hash });
const balance = await chain.getBalance({ address: account.address });
console.log(`transaction ${hash}\nstatus      ${receipt.status}, from ${receipt.from}`);
console.log(`balance     ${formatEther(balance)} ether left of 1`);
endSession(session);
