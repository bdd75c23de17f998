import { type RandomSource, SecretBytes, toHex, utf8 } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import * as v from 'valibot';
import { RESOURCE_KEY_CHARS_MAX, SESSION_CAPABILITIES_MAX, SESSION_RESOURCES_MAX } from '../limits.ts';
import { formatRfc3339 } from '../rfc3339.ts';
import { hexOf } from '../routes/fields.ts';
import type { Capability } from './abilities.ts';
import { type AuthSig, authSigSchema } from './auth-sig.ts';

/** `derivedVia` and `algo` of a signature by a session key. */
export const SESSION_DERIVATION = 'litSessionSignViaNacl';
export const SESSION_ALGORITHM = 'ed25519';

const shortText = v.pipe(v.string(), v.maxLength(RESOURCE_KEY_CHARS_MAX));

/**
 * What a session key signs for one node (lit-sdk-wire.md A.5). An unknown key is refused: it might be a restriction,
 * and a restriction that is not understood must not be ignored.
 */
export const sessionMessageSchema = v.strictObject({
  sessionKey: hexOf(32),
  resourceAbilityRequests: v.pipe(
    v.array(
      v.strictObject({
        resource: v.strictObject({ resource: shortText, resourcePrefix: shortText }),
        ability: shortText,
      }),
    ),
    v.maxLength(SESSION_RESOURCES_MAX),
  ),
  capabilities: v.pipe(v.array(authSigSchema), v.maxLength(SESSION_CAPABILITIES_MAX)),
  issuedAt: shortText,
  expiration: shortText,
  nodeAddress: shortText,
  /** Wei in hex; not used by this network. */
  maxPrice: v.exactOptional(shortText),
});

export type SessionMessage = v.InferOutput<typeof sessionMessageSchema>;

/** An Ed25519 key pair that lives as long as a session. */
export interface SessionKey {
  /** The 32-byte seed (RFC 8032 §5.1.5). */
  readonly secretKey: SecretBytes;
  /** 64 hex digits. */
  readonly publicKey: string;
}

/** A fresh session key. */
export function createSessionKey(random: RandomSource): SessionKey {
  const seed = random(32);
  return { secretKey: new SecretBytes(seed), publicKey: toHex(ed25519.getPublicKey(seed)) };
}

/** What a session signature is for. Times are milliseconds since 1970-01-01 UTC. */
export interface SessionMessageParameters {
  /** 64 hex digits. */
  readonly sessionKey: string;
  readonly requests: readonly Capability[];
  /** Delegations of wallets to the session key. */
  readonly delegations: readonly AuthSig[];
  readonly issuedAt: number;
  readonly expiration: number;
  /** URL of the one node that the signature is for. */
  readonly nodeAddress: string;
  readonly maxPrice?: string;
}

/** The JSON text that the session key signs, keys in the reference's order. */
export function createSessionMessage(parameters: SessionMessageParameters): string {
  const message: SessionMessage = {
    sessionKey: parameters.sessionKey,
    resourceAbilityRequests: parameters.requests.map(({ resource, resourcePrefix, ability }) => ({
      resource: { resource, resourcePrefix },
      ability,
    })),
    capabilities: [...parameters.delegations],
    issuedAt: formatRfc3339(parameters.issuedAt),
    expiration: formatRfc3339(parameters.expiration),
    nodeAddress: parameters.nodeAddress,
    ...(parameters.maxPrice === undefined ? {} : { maxPrice: parameters.maxPrice }),
  };
  return JSON.stringify(message);
}

/** Signs the text with the session key, over its UTF-8 bytes. */
export function signSessionMessage(message: string, sessionKey: SessionKey): AuthSig {
  return {
    sig: toHex(sessionKey.secretKey.expose((seed) => ed25519.sign(utf8(message), seed))),
    derivedVia: SESSION_DERIVATION,
    signedMessage: message,
    address: sessionKey.publicKey,
    algo: SESSION_ALGORITHM,
  };
}
