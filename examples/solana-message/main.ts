/** Signs the message of a Solana transaction with a key that no machine has. */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { allowSigning, connect, createSession, endSession, mint, publicKeyFor, sign } from '@keymesh/sdk';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { localNetwork } from '../local-network.ts';
import { encodeBase58 } from './base58.ts';
import { transferMessage } from './transfer-message.ts';

const { rpcUrl, directory, privateKey } = localNetwork();
const owner = privateKeyToAccount(privateKey);
const network = await connect({ rpcUrl, directory });
const key = await mint(network, { walletClient: createWalletClient({ account: owner, transport: http(rpcUrl) }) });
const session = await createSession(network, { wallet: owner, capabilities: [allowSigning(key)] });

// On Solana an address is an Ed25519 public key. The same minted key has one, beside its Ethereum address.
const sender = publicKeyFor(network, key, 'SchnorrEd25519Sha512');
console.log(`minted      ${key.tokenId}\naddress     ${encodeBase58(sender)}`);

// What Solana signs is the serialised message itself.
const recipient = randomBytes(32);
const message = transferMessage({ sender, recipient, lamports: 1_000_000n, recentBlockhash: randomBytes(32) });
const { signature, signers } = await sign(network, { session, key, scheme: 'SchnorrEd25519Sha512', message });
endSession(session);

// OpenSSL verifies it as any Ed25519 signature.
const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(sender).toString('base64url') };
const isValid = verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature);
console.log(`message     ${message.length} bytes: a transfer of 0.001 SOL to ${encodeBase58(recipient)}`);
console.log(`signature   ${encodeBase58(signature)}, by nodes ${signers.join(', ')}`);
console.log(`verified    ${isValid ? 'OpenSSL says valid' : 'INVALID'}`);
const transaction = Buffer.concat([Uint8Array.of(1), signature, message]);
console.log(`transaction ${transaction.toString('base64')}`);
if (!isValid) process.exitCode = 1;
