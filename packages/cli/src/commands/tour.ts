import { createPublicKey, randomBytes, verify as verifyWithNode } from 'node:crypto';
import { KeymeshError, toHex } from '@keymesh/foundation';
import {
  allowDecryption,
  allowSigning,
  connect,
  createSession,
  decrypt,
  type Encrypted,
  encrypt,
  endSession,
  humanize,
  type MintedKey,
  mint,
  type Network,
  parseConditions,
  type SchemeName,
  type SignResult,
  sign,
  type Wallet,
} from '@keymesh/sdk';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import pc from 'picocolors';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount, publicKeyToAddress } from 'viem/accounts';
import { CliError } from '../errors.ts';
import { DEVELOPMENT_PRIVATE_KEY } from '../local-network/chain.ts';
import type { NetworkFile } from '../local-network/network-file.ts';
import type { Reporter } from '../output/reporter.ts';
import { digestFor } from './digest.ts';

const MESSAGE = 'Hello from four nodes, none of which has the key.';
const PLAINTEXT = 'Only who owns a Keymesh key can read this.';
/** DER of an Ed25519 public key up to the key itself (RFC 8410 §4). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** What the tour did, for `--json`. */
export interface TourResult {
  readonly tokenId: string;
  readonly address: string;
  readonly signatures: readonly {
    readonly scheme: SchemeName;
    readonly signature: string;
    readonly publicKey: string;
  }[];
  readonly decrypted: string;
  readonly refusal: string;
}

/** Mints, signs, encrypts and decrypts on a running network, and says at each step what was checked and how. */
export async function tour(file: NetworkFile, report: Reporter): Promise<TourResult> {
  const account = privateKeyToAccount(DEVELOPMENT_PRIVATE_KEY);
  const connectDone = report.step('Connecting');
  const network = await connect({ rpcUrl: file.rpcUrl, directory: file.contracts.Directory });
  connectDone(`epoch ${network.epoch}; public keys checked against the chain`);

  const mintDone = report.step('Minting a key');
  const walletClient = createWalletClient({ account, transport: http(file.rpcUrl) });
  const key = await mint(network, { walletClient });
  mintDone(key.address);
  report.note(pc.dim(`  token id ${key.tokenId}; its public key was computed by the contract, no node was asked`));

  const signatures = await signEach(network, key, account, report);
  const encrypted = await encryptStep(network, report);
  const decrypted = await decryptStep(network, encrypted, account, report);
  const refusal = await refusalStep(network, encrypted, report);
  return { tokenId: key.tokenId, address: key.address, signatures, decrypted, refusal };
}

async function signEach(
  network: Network,
  key: MintedKey,
  wallet: Wallet,
  report: Reporter,
): Promise<TourResult['signatures']> {
  const message = new TextEncoder().encode(MESSAGE);
  const session = await createSession(network, { wallet, capabilities: [allowSigning(key.tokenId)] });
  const made: TourResult['signatures'][number][] = [];
  try {
    for (const { scheme, verifier, verdict, verify } of VERIFIERS) {
      const done = report.step(`Signing with ${scheme}`);
      const { input } = digestFor(scheme, message, undefined);
      const signed = await sign(network, { session, key, scheme, message: input });
      if (!verify(signed, input, key)) throw unverified(scheme, verifier);
      done(`nodes ${signed.signers.join(', ')} signed; ${verifier} ${verdict}`);
      made.push({ scheme, signature: `0x${toHex(signed.signature)}`, publicKey: `0x${toHex(signed.publicKey)}` });
    }
  } finally {
    endSession(session);
  }
  return made;
}

/** Verifiers that share no code with the network. */
const VERIFIERS: readonly {
  readonly scheme: SchemeName;
  readonly verifier: string;
  /** What it does with a good signature. */
  readonly verdict: string;
  readonly verify: (signed: SignResult, input: Uint8Array, key: MintedKey) => boolean;
}[] = [
  {
    scheme: 'EcdsaK256Sha256',
    verifier: 'noble',
    verdict: 'recovers the address of the key',
    verify: ({ signature, recoveryId = 0 }, digest, { address }) => {
      const parsed = secp256k1.Signature.fromBytes(signature, 'compact').addRecoveryBit(recoveryId);
      return publicKeyToAddress(`0x${parsed.recoverPublicKey(digest).toHex(false)}`) === address;
    },
  },
  {
    scheme: 'SchnorrEd25519Sha512',
    verifier: 'OpenSSL (Ed25519)',
    verdict: 'says valid',
    verify: ({ signature, publicKey }, message) => {
      const key = Buffer.concat([ED25519_SPKI_PREFIX, publicKey]);
      return verifyWithNode(null, message, createPublicKey({ key, format: 'der', type: 'spki' }), signature);
    },
  },
];

async function encryptStep(network: Network, report: Reporter): Promise<Encrypted> {
  const conditions = parseConditions('evmContractConditions', [ownsKey(network)]);
  const done = report.step('Encrypting a text to a condition on the chain');
  const encrypted = await encrypt(network, { data: PLAINTEXT, evmContractConditions: conditions });
  done(`${encrypted.ciphertext.length} characters, made here without asking a node`);
  report.note(pc.dim(`  ${humanize(conditions)}`));
  return encrypted;
}

async function decryptStep(network: Network, encrypted: Encrypted, wallet: Wallet, report: Reporter): Promise<string> {
  const done = report.step("Decrypting with the owner's wallet");
  const session = await createSession(network, { wallet, capabilities: [allowDecryption()] });
  try {
    const { data, signers } = await decrypt(network, { ...encrypted, session });
    const text = new TextDecoder().decode(data);
    done(`nodes ${signers.join(', ')} each checked the condition: “${text}”`);
    return text;
  } finally {
    endSession(session);
  }
}

async function refusalStep(network: Network, encrypted: Encrypted, report: Reporter): Promise<string> {
  const stranger = privateKeyToAccount(`0x${randomBytes(32).toString('hex')}`);
  const done = report.step("Decrypting with a stranger's wallet");
  const session = await createSession(network, { wallet: stranger, capabilities: [allowDecryption()] });
  try {
    await decrypt(network, { ...encrypted, session });
  } catch (thrown) {
    if (!(thrown instanceof KeymeshError) || thrown.code !== 'conditions/denied') throw thrown;
    done('refused, as it must be');
    report.note(pc.dim(`  ${thrown.message}`));
    return thrown.message;
  } finally {
    endSession(session);
  }
  throw new CliError('A wallet that does not satisfy the condition could decrypt.', {
    code: 'cli/process-failed',
    fault: 'bug',
    hint: 'This must never happen; please report it.',
  });
}

function ownsKey(network: Network): unknown {
  return {
    conditionType: 'evmContract',
    contractAddress: network.contracts.PKPNFT,
    functionName: 'balanceOf',
    functionParams: [':userAddress'],
    functionAbi: {
      name: 'balanceOf',
      type: 'function',
      stateMutability: 'view',
      inputs: [{ name: 'owner', type: 'address' }],
      outputs: [{ name: 'count', type: 'uint256' }],
    },
    chain: 'localchain',
    returnValueTest: { key: 'count', comparator: '>', value: '0' },
  };
}

function unverified(scheme: SchemeName, verifier: string): CliError {
  return new CliError(`${verifier} does not accept the signature of ${scheme}.`, {
    code: 'cli/process-failed',
    fault: 'bug',
    hint: 'This must never happen; please report it.',
  });
}
