/** Spends a Taproot output by its key path, where the key of the output is one that no machine has. */
import { createHash } from 'node:crypto';
import { allowSigning, connect, createSession, endSession, mint, publicKeyFor, sign } from '@keymesh/sdk';
import { schnorr } from '@noble/curves/secp256k1.js';
import { Address, OutScript, TEST_NETWORK, Transaction } from '@scure/btc-signer';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { localNetwork } from '../local-network.ts';
import { taprootMessage } from './taproot-message.ts';

const { rpcUrl, directory, privateKey } = localNetwork();
const owner = privateKeyToAccount(privateKey);
const network = await connect({ rpcUrl, directory });
const key = await mint(network, { walletClient: createWalletClient({ account: owner, transport: http(rpcUrl) }) });
const session = await createSession(network, { wallet: owner, capabilities: [allowSigning(key)] });

// The key itself is the output key, without the tweak of BIP-341. That is safe here: the tweak keeps whoever made a key
// from hiding a script in it, and this key is a sum of numbers of which no node knows more than its own.
const outputKey = publicKeyFor(network, key, 'SchnorrK256Taproot');
const script = OutScript.encode({ type: 'tr', pubkey: outputKey });
const address = Address(TEST_NETWORK);
console.log(`minted      ${key.tokenId}\naddress     ${address.encode({ type: 'tr', pubkey: outputKey })}`);

// A transaction that spends 100,000 satoshi which somebody sent to that address, all but the fee back to it.
const amount = 100_000n;
const previous = { txid: '11'.repeat(32), index: 0, amount, script };
const payment = { amount: 99_000n, script };
const transaction = new Transaction({ version: 2, lockTime: 0 });
transaction.addInput({ ...previous, witnessUtxo: { amount, script } });
transaction.addOutput(payment);

// `SchnorrK256Taproot` signs SHA-256 of its message. A sighash of BIP-341 is the SHA-256 of known bytes: those are given.
const message = taprootMessage({ version: 2, lockTime: 0, inputs: [previous], outputs: [payment], signedInput: 0 });
const { signature, signers } = await sign(network, { session, key, scheme: 'SchnorrK256Taproot', message });
endSession(session);

// Two judges that are not ours: btc-signer's own sighash, and noble's BIP-340 over it.
const sighash = transaction.preimageWitnessV1(0, [script], 0, [amount]);
const isSame = createHash('sha256').update(message).digest().equals(sighash);
const isValid = schnorr.verify(signature, sighash, outputKey);
transaction.updateInput(0, { tapKeySig: signature });
transaction.finalize();
console.log(`sighash     ${Buffer.from(sighash).toString('hex')}${isSame ? '' : ', NOT WHAT WAS SIGNED'}`);
console.log(`signature   ${Buffer.from(signature).toString('hex')}, by nodes ${signers.join(', ')}`);
console.log(`verified    ${isValid ? 'noble says valid for the sighash under the output key' : 'INVALID'}`);
console.log(`transaction ${transaction.hex}`);
if (!isSame || !isValid) process.exitCode = 1;
