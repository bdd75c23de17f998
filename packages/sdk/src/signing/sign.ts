import type { PartyIndex } from '@keymesh/foundation';
import { MESSAGE_BYTES_MAX } from '@keymesh/protocol/limits';
import { isSchemeOf, SCHEME_NAMES, SCHEMES, type SchemeName, type SchemeNameOf } from '@keymesh/protocol/schemes';
import { isBytes } from '../bytes.ts';
import { invalidArgument } from '../errors.ts';
import { publicKeyFor } from '../keys/derive-public-keys.ts';
import { findKey } from '../keys/find-key.ts';
import type { KeyReference } from '../keys/token-id.ts';
import type { Network } from '../network/network.ts';
import { assertUsable, type Session } from '../session/session.ts';
import { ecdsaPreparation } from './ecdsa-preparation.ts';
import { frostPreparation } from './frost-preparation.ts';
import { signBls } from './sign-bls.ts';
import { type SetSignature, signWithSet } from './sign-with-set.ts';
import type { SigningRequest } from './signing-request.ts';

export interface SignParameters {
  readonly session: Session;
  readonly key: KeyReference;
  readonly scheme: SchemeName;
  /**
   * The message itself; for an ECDSA scheme its digest, as long as the hash that the verifier uses: 32 bytes, or 48 on
   * P-384. What each scheme does with it: docs/spec/network.md §8.
   */
  readonly message: Uint8Array;
}

export interface SignResult {
  /** In the scheme's form; of ECDSA r ‖ s, with s at most half of the order. */
  readonly signature: Uint8Array;
  /** Of ECDSA only: 0 … 3, by which the public key follows from the signature (SEC 1 §4.1.6). */
  readonly recoveryId?: number;
  /** In the scheme's encoding; computed from the chain, not told by nodes. */
  readonly publicKey: Uint8Array;
  readonly scheme: SchemeName;
  /** The parties whose shares made the signature. */
  readonly signers: readonly PartyIndex[];
  /** Parties that were caught with wrong answers on the way. */
  readonly culprits: readonly PartyIndex[];
}

/**
 * Signs with a minted key. Picks t live nodes, verifies what they send against public commitments, and finishes with
 * others if some are dead or lie; the signature has been verified when this returns. A connection works at
 * `SIGNINGS_AT_ONCE_MAX` of them together; more wait for their turn.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/unknown-key`, `sdk/too-few-nodes`, `sdk/session-unusable`,
 *   `sdk/chain-…`; a node's own refusal (`permissions/…`, `session/…`, `delegation/…`, `wire/stale-epoch`) when too many
 *   nodes refuse.
 */
export async function sign(network: Network, parameters: SignParameters): Promise<SignResult> {
  const { session, scheme } = parameters;
  checkArguments(parameters);
  // A copy, because the caller may reuse its buffer while nodes are still being asked.
  const message = parameters.message.slice();
  assertUsable(session, network.platform.now());
  const key = await findKey(network, parameters.key);
  const publicKey = publicKeyFor(network, key, scheme);
  const signed = await network.signings.through(() => signWith(network, { session, key, scheme, message }));
  return { ...signed, publicKey, scheme };
}

function signWith(network: Network, { scheme, ...rest }: SigningRequest): Promise<SetSignature> {
  if (isSchemeOf('frost', scheme)) {
    const request = { ...rest, scheme };
    return signWithSet(network, request, frostPreparation(network, request));
  }
  if (isSchemeOf('ecdsa', scheme)) {
    const request = { ...rest, scheme };
    return signWithSet(network, request, ecdsaPreparation(network, request));
  }
  return signBls(network, { ...rest, scheme });
}

function checkArguments({ scheme, message }: SignParameters): void {
  if (!SCHEME_NAMES.includes(scheme)) {
    throw invalidArgument(
      `There is no signature scheme ${String(scheme)}.`,
      `The schemes are ${SCHEME_NAMES.join(', ')}.`,
    );
  }
  if (!isBytes(message)) {
    throw invalidArgument('The message is not a Uint8Array.', 'Encode a text with `new TextEncoder().encode(text)`.');
  }
  if (message.length > MESSAGE_BYTES_MAX) {
    throw invalidArgument(
      `The message has ${message.length} bytes and may have ${MESSAGE_BYTES_MAX}.`,
      'Sign its hash instead.',
    );
  }
  checkDigest(scheme, message);
}

/** ECDSA signs what it is given as the hash: a message that was not hashed would verify nowhere, or too often. */
function checkDigest(scheme: SchemeName, message: Uint8Array): void {
  if (!isSchemeOf('ecdsa', scheme)) return;
  const { messageBytes, root } = SCHEMES[scheme];
  if (message.length === messageBytes) return;
  throw invalidArgument(
    `${scheme} signs a digest of ${messageBytes} bytes, and this message has ${message.length}.`,
    `Hash the message first: ${DIGEST_HINTS[root]}.`,
  );
}

const DIGEST_HINTS: Readonly<Record<(typeof SCHEMES)[SchemeNameOf<'ecdsa'>]['root'], string>> = {
  secp256k1: 'with keccak256 for Ethereum, twice with SHA-256 for Bitcoin, with SHA-256 elsewhere',
  p256: 'with SHA-256',
  p384: 'with SHA-384',
};
