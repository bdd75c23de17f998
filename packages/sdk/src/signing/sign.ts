import type { PartyIndex } from '@keymesh/foundation';
import { MESSAGE_BYTES_MAX } from '@keymesh/protocol/limits';
import { isSchemeOf, SCHEME_NAMES, type SchemeName } from '@keymesh/protocol/schemes';
import { isBytes } from '../bytes.ts';
import { invalidArgument, type SdkError } from '../errors.ts';
import { publicKeyFor } from '../keys/derive-public-keys.ts';
import { findKey } from '../keys/find-key.ts';
import type { KeyReference } from '../keys/token-id.ts';
import type { Network } from '../network/network.ts';
import { assertUsable, type Session } from '../session/session.ts';
import { signBls } from './sign-bls.ts';
import { signFrost } from './sign-frost.ts';

export interface SignParameters {
  readonly session: Session;
  readonly key: KeyReference;
  readonly scheme: SchemeName;
  /** The message itself. What each scheme does with it: docs/spec/network.md §8. */
  readonly message: Uint8Array;
}

export interface SignResult {
  /** In the scheme's form. */
  readonly signature: Uint8Array;
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
 * others if some are dead or lie; the signature has been verified when this returns.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/unknown-key`, `sdk/too-few-nodes`, `sdk/session-unusable`,
 *   `sdk/chain-…`; a node's own refusal (`permissions/…`, `session/…`, `delegation/…`, `wire/stale-epoch`) when too many
 *   nodes refuse.
 */
export async function sign(network: Network, parameters: SignParameters): Promise<SignResult> {
  const { session, scheme } = parameters;
  checkArguments(parameters);
  if (isSchemeOf('ecdsa', scheme)) throw notSigned(scheme);
  // A copy, because the caller may reuse its buffer while nodes are still being asked.
  const message = parameters.message.slice();
  assertUsable(session, network.platform.now());
  const key = await findKey(network, parameters.key);
  const publicKey = publicKeyFor(network, key, scheme);
  const request = { session, key, message };
  const signed = isSchemeOf('frost', scheme)
    ? await signFrost(network, { ...request, scheme })
    : await signBls(network, request);
  return { ...signed, publicKey, scheme };
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
}

function notSigned(scheme: SchemeName): SdkError {
  return invalidArgument(`Nodes do not sign with ${scheme} yet.`, 'Use a scheme of FROST or BLS.');
}
