import { bigintToBytes, fromHex, Transcript, utf8 } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import * as v from 'valibot';
import { HANDSHAKE_BODY_BYTES_MAX, PUBLIC_KEY_PACKAGE_BYTES_MAX } from '../limits.ts';
import { addressField, blockField, epochField, hexOf, hexUpTo, partyField } from './fields.ts';
import type { Route } from './route.ts';

const statementEntries = {
  nodeAddress: addressField,
  party: partyField,
  epoch: epochField,
  /** The node's release, for people. */
  version: v.pipe(v.string(), v.maxLength(64)),
  /** `encodePublicKeyPackage` of `@keymesh/threshold`. */
  networkPublicKeyPackage: hexUpTo(PUBLIC_KEY_PACKAGE_BYTES_MAX),
  /** With the package and the execution id, what `resultHash` is computed from (network.md §4). */
  transcriptDigest: hexOf(32),
  executionId: hexOf(32),
  resultHash: hexOf(32),
  /** Ed25519; must be the one on chain. */
  meshIdentity: hexOf(32),
  /** X25519; requests are sealed to it. */
  sealingKey: hexOf(32),
  latestBlock: blockField,
};

/** Who a node is and which keys it serves, signed for one challenge. */
export const handshake = {
  name: 'handshake',
  method: 'POST',
  path: '/v1/handshake',
  sealed: false,
  request: v.strictObject({ challenge: hexOf(32) }),
  response: v.strictObject({ ...statementEntries, signature: hexOf(64) }),
  bodyBytesMax: HANDSHAKE_BODY_BYTES_MAX,
} as const satisfies Route;

const statementSchema = v.strictObject(statementEntries);

export type HandshakeStatement = v.InferOutput<typeof statementSchema>;
export type HandshakeResponse = v.InferOutput<typeof handshake.response>;

/**
 * The 32 bytes that a node's mesh identity signs in answer to a challenge.
 * @param challenge 64 hex digits of the client's choice.
 */
export function handshakeDigest(challenge: string, statement: HandshakeStatement): Uint8Array {
  return new Transcript('handshake/v1')
    .append('challenge', fromHex(challenge))
    .append('node-address', fromHex(statement.nodeAddress))
    .appendU32('party', statement.party)
    .append('epoch', bigintToBytes(BigInt(statement.epoch), 8))
    .append('version', utf8(statement.version))
    .append('network-public-key-package', fromHex(statement.networkPublicKeyPackage))
    .append('transcript-digest', fromHex(statement.transcriptDigest))
    .append('execution-id', fromHex(statement.executionId))
    .append('result-hash', fromHex(statement.resultHash))
    .append('mesh-identity', fromHex(statement.meshIdentity))
    .append('sealing-key', fromHex(statement.sealingKey))
    .append('block-number', bigintToBytes(BigInt(statement.latestBlock.number), 8))
    .append('block-hash', fromHex(statement.latestBlock.hash))
    .digest();
}

/**
 * Whether the answer is signed, for this challenge, by the mesh identity that it names. That this identity is the one
 * on chain for the node is for the caller to compare.
 */
export function verifyHandshake(challenge: string, response: HandshakeResponse): boolean {
  const { signature, ...statement } = response;
  return ed25519.verify(fromHex(signature), handshakeDigest(challenge, statement), fromHex(response.meshIdentity), {
    zip215: false,
  });
}
