import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concatBytes, fromHex, type RandomSource, SecretBytes, toHex, utf8 } from '@keymesh/foundation';
import { x25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import * as v from 'valibot';
import { NodeError } from '../errors.ts';
import { SEALED_FILE_NAMESPACE } from '../store/namespaces.ts';
import { makePrivateDirectory, writePrivateFile } from '../store/private-files.ts';
import type { SealedPlace, ShareSealer } from '../store/share-sealer.ts';
import { Ed25519Signer } from './ed25519.ts';

/** The identity inside a data directory. */
export const IDENTITY_FILE_NAME = 'identity.json';

const SECRET_BYTES = 32;
/** secp256k1 keys are drawn with 16 bytes more than the group order has, so that no value is favoured (FIPS 186-5 A.2.1). */
const SECP256K1_SEED_BYTES = 48;
const ADDRESS_BYTES = 20;

/** What the network may know of a node; `keymesh` prints it, and it is what the operator registers on chain. */
export interface PublicIdentity {
  /** EVM address of the node account, lower case with 0x. */
  readonly nodeAddress: string;
  /** Ed25519, 32 bytes: `senderPubKey` on chain. */
  readonly meshIdentity: Uint8Array;
  /** X25519, 32 bytes: `receiverPubKey` on chain. */
  readonly sealingKey: Uint8Array;
}

/** The keys of one node (docs/spec/network.md §1). */
export interface NodeIdentity {
  readonly public: PublicIdentity;
  /** Signs for the mesh identity. */
  readonly mesh: Ed25519Signer;
  /** X25519 private key (RFC 7748), 32 bytes. */
  readonly sealingSecret: SecretBytes;
  /** secp256k1 private key of the node account, 32 bytes. */
  readonly accountSecret: SecretBytes;
}

const FileSchema = v.strictObject({
  version: v.literal(1),
  nodeAddress: v.pipe(v.string(), v.regex(/^0x[0-9a-f]{40}$/)),
  meshIdentity: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  sealingKey: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  sealed: v.pipe(v.string(), v.regex(/^[0-9a-f]+$/)),
});

/**
 * The identity of a data directory; a new directory gets a new one, durable when this returns. The secrets are sealed
 * on disk, the public keys beside them are for people.
 * @throws NodeError `store/wrong-key`, `store/corrupted-row`, `identity/unreadable`. An identity that cannot be read is
 *   never replaced by a new one.
 */
export function loadOrCreateIdentity(
  directory: string,
  modules: { readonly sealer: ShareSealer; readonly random: RandomSource },
): NodeIdentity {
  const path = join(directory, IDENTITY_FILE_NAME);
  const text = readIfThere(path);
  return text === undefined ? create(directory, path, modules) : open(path, text, modules.sealer);
}

/**
 * The public part, without the sealing key.
 * @throws NodeError `identity/unreadable`, also if there is none.
 */
export function readPublicIdentity(directory: string): PublicIdentity {
  const path = join(directory, IDENTITY_FILE_NAME);
  const text = readIfThere(path);
  if (text === undefined) throw unreadable(path, 'does not exist');
  const file = parse(path, text);
  return {
    nodeAddress: file.nodeAddress,
    meshIdentity: fromHex(file.meshIdentity),
    sealingKey: fromHex(file.sealingKey),
  };
}

/** A viem account wants the private key as text. `use` must not keep it. */
export function exposeAccountKey<T>(identity: NodeIdentity, use: (privateKey: `0x${string}`) => T): T {
  return identity.accountSecret.expose((bytes) => use(`0x${toHex(bytes)}`));
}

function create(
  directory: string,
  path: string,
  modules: { readonly sealer: ShareSealer; readonly random: RandomSource },
): NodeIdentity {
  const { sealer, random } = modules;
  const seed = random(SECP256K1_SEED_BYTES);
  const secrets = concatBytes(random(SECRET_BYTES), random(SECRET_BYTES), secp256k1.utils.randomSecretKey(seed));
  seed.fill(0);
  const sealed = toHex(sealer.seal(placeOf(path), secrets));
  const identity = identityOf(new SecretBytes(secrets));
  const { nodeAddress, meshIdentity, sealingKey } = identity.public;
  const keys = { nodeAddress, meshIdentity: toHex(meshIdentity), sealingKey: toHex(sealingKey) };
  try {
    makePrivateDirectory(directory);
    writePrivateFile(path, `${JSON.stringify({ version: 1, ...keys, sealed }, null, 2)}\n`);
  } catch (cause) {
    throw unreadable(path, 'cannot be written', cause);
  }
  return identity;
}

function open(path: string, text: string, sealer: ShareSealer): NodeIdentity {
  const file = parse(path, text);
  const secrets = sealer.open(placeOf(path), fromHex(file.sealed.length % 2 === 0 ? file.sealed : ''));
  if (secrets.length !== 3 * SECRET_BYTES) throw unreadable(path, 'does not hold three keys');
  const identity = identityOf(secrets);
  const { nodeAddress, meshIdentity, sealingKey } = identity.public;
  const agrees =
    nodeAddress === file.nodeAddress &&
    toHex(meshIdentity) === file.meshIdentity &&
    toHex(sealingKey) === file.sealingKey;
  if (!agrees) throw unreadable(path, 'shows other public keys than its secrets have');
  return identity;
}

/** Takes the three secrets apart and wipes the whole. */
function identityOf(secrets: SecretBytes): NodeIdentity {
  const part = (index: number): SecretBytes =>
    secrets.expose((bytes) => new SecretBytes(bytes.slice(index * SECRET_BYTES, (index + 1) * SECRET_BYTES)));
  const meshSeed = part(0);
  const mesh = new Ed25519Signer(meshSeed);
  meshSeed.wipe();
  const sealingSecret = part(1);
  const accountSecret = part(2);
  secrets.wipe();
  const sealingKey = sealingSecret.expose((secret) => x25519.getPublicKey(secret));
  const nodeAddress = accountSecret.expose((secret) => addressOf(secp256k1.getPublicKey(secret, false)));
  return { public: { nodeAddress, meshIdentity: mesh.publicKey, sealingKey }, mesh, sealingSecret, accountSecret };
}

/** The last 20 bytes of Keccak-256 over X ‖ Y (Ethereum yellow paper, appendix F). */
function addressOf(uncompressed: Uint8Array): string {
  return `0x${toHex(keccak_256(uncompressed.subarray(1)).subarray(-ADDRESS_BYTES))}`;
}

function placeOf(path: string): SealedPlace {
  return { namespace: SEALED_FILE_NAMESPACE, key: utf8(IDENTITY_FILE_NAME), name: path };
}

function parse(path: string, text: string): v.InferOutput<typeof FileSchema> {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), FileSchema), text);
  if (!result.success) throw unreadable(path, 'is not an identity file');
  return result.output;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw unreadable(path, 'cannot be read', cause);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): NodeError {
  return new NodeError(`The identity file ${path} ${reason}.`, {
    code: 'identity/unreadable',
    fault: 'environment',
    hint: 'Keep the file, and restore it from a backup: the chain knows this node by these keys. No new identity was made.',
    details: { path },
    cause,
  });
}
