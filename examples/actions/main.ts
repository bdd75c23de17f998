/** Programs of ../actions/programs, each run by t nodes of the local network at once. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import {
  type ActionResult,
  allowExecution,
  allowSigning,
  cidOf,
  connect,
  createSession,
  encrypt,
  endSession,
  executeAction,
  mint,
  type Session,
} from '@keymesh/sdk';
import { createPublicClient, createWalletClient, hashMessage, http, parseEther, recoverAddress } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { localNetwork } from '../local-network.ts';
import { compilePriceConsumer, PRICE_CONSUMER_ABI } from './compile.ts';

/** Nodes reach this machine only where they are told to: `keymesh up --allow-host 127.0.0.1:8099`. */
const PORT = Number(process.env.KEYMESH_EXAMPLE_PORT ?? 8099);
const API_KEY = 'an-api-key-that-no-person-knows';
const { rpcUrl, directory, privateKey } = localNetwork();
const url = `http://127.0.0.1:${PORT}/`;
const on = { chain: foundry, transport: http(rpcUrl) };
const chain = createPublicClient({ ...on, pollingInterval: 100 });
const owner = privateKeyToAccount(privateKey);
const ownersWallet = createWalletClient({ ...on, account: owner });
const say = (word: string, text: string): void => console.log(`${word.padEnd(12)}${text}`);
const textOf = (name: string): string => readFileSync(join(import.meta.dirname, 'programs', `${name}.js`), 'utf8');

// A weather station, a market that shows each visitor a slightly different price, and a service that wants a key.
const weather = { celsius: 21 };
let visitors = 0;
const server = createServer((request, response) => {
  visitors += 1;
  const isKnown = request.headers.authorization === `Bearer ${API_KEY}`;
  response.writeHead(request.url === '/key' && !isKnown ? 401 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ ...weather, cents: 10_000 + (visitors % 3) }));
});
await new Promise<void>((resolve) => server.listen(PORT, '127.0.0.1', resolve));

const network = await connect({ rpcUrl, directory });
const key = await mint(network, { walletClient: ownersWallet });
const session = await createSession(network, { wallet: owner, capabilities: [allowExecution(), allowSigning(key)] });
const run = (name: string, jsParams: Readonly<Record<string, unknown>> = {}, by: Session = session) =>
  executeAction(network, { session: by, code: textOf(name), jsParams });

/** Whether a program signed a message as wallets do, with the minted key. */
async function isSigned(result: ActionResult, sigName: string, message: string): Promise<boolean> {
  const made = result.signatures[sigName];
  if (made === undefined) return false;
  const v = (27 + (made.recoveryId ?? 0)).toString(16);
  const signature = `0x${Buffer.from(made.signature).toString('hex')}${v}` as const;
  return (await recoverAddress({ hash: hashMessage(message), signature })) === key.address;
}

const { publicKey } = key;
const mild = await run('weather', { url, publicKey });
weather.celsius = 35;
const hot = await run('weather', { url, publicKey });
say(
  'weather',
  `${mild.response}, ${(await isSigned(mild, 'mild', 'mild: 21')) ? 'signed' : 'not signed'}; ${hot.response}`,
);

// The contract takes the price from the program's key: sent by anybody, changed by nobody.
const { response: source } = await run('address', { ipfsId: cidOf(textOf('oracle')) });
const abi = PRICE_CONSUMER_ABI;
const deployment = await ownersWallet.deployContract({
  abi,
  bytecode: compilePriceConsumer(),
  args: [source as never],
});
const { contractAddress } = await chain.waitForTransactionReceipt({ hash: deployment });
const consumer = { address: contractAddress as `0x${string}`, abi } as const;
const { median, signature } = JSON.parse((await run('oracle', { url, round: 1 })).response);
const submission = await ownersWallet.writeContract({
  ...consumer,
  functionName: 'submit',
  args: [1n, BigInt(median), signature],
});
await chain.waitForTransactionReceipt({ hash: submission });
const forged = await chain
  .simulateContract({ ...consumer, functionName: 'submit', args: [2n, 1n, signature], account: owner })
  .then(
    () => 'accepted',
    () => 'refused',
  );
say(
  'oracle',
  `${await chain.readContract({ ...consumer, functionName: 'cents' })} cents on chain; a forged price is ${forged}`,
);

const isProgram = {
  ...{ contractAddress: '', standardContractType: '', chain: 'ethereum', method: '' },
  ...{ parameters: [':currentActionIpfsId'], returnValueTest: { comparator: '=', value: cidOf(textOf('secret')) } },
} as const;
const sealed = await encrypt(network, { accessControlConditions: [isProgram] as never, data: API_KEY });
say('secret', `the service answers ${(await run('secret', { url: `${url}key`, sealed })).response}`);

const poor = privateKeyToAccount(generatePrivateKey());
const poorSession = await createSession(network, { wallet: poor, capabilities: [allowExecution()] });
const rich = await run('conditional', { publicKey });
const isWelcome = await isSigned(rich, 'welcome', `welcome ${owner.address}`);
const refused = await run('conditional', { publicKey }, poorSession);
say(
  'conditional',
  `${rich.response}${isWelcome ? '' : ' wrongly'} for a rich wallet, ${refused.response} for a poor one`,
);

say('wasm', `20 + 22 = ${(await run('wasm', { a: 20, b: 22 })).response}`);

// Nodes find a child by its CID, where their operator published it.
const folder = process.env.KEYMESH_DIR ?? join(import.meta.dirname, '../../.keymesh');
const child = join(import.meta.dirname, 'programs/child.js');
spawnSync('npx', ['keymesh', 'action', 'publish', child, '--dir', folder], { cwd: join(import.meta.dirname, '../..') });
say('child', (await run('parent', { child: cidOf(textOf('child')) })).response);

const funding = await ownersWallet.sendTransaction({ to: key.address as `0x${string}`, value: parseEther('1') });
await chain.waitForTransactionReceipt({ hash: funding });
const { response: hash } = await run('send', { publicKey, to: poor.address });
const { status, from } = await chain.waitForTransactionReceipt({ hash: hash as `0x${string}` });
say('send', `${status}, from ${from === key.address.toLowerCase() ? 'the key' : from}`);

for (const each of [session, poorSession]) endSession(each);
server.close();
