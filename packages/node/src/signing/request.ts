import type { PartyIndex } from '@keymesh/foundation';
import type { ResponseOf } from '@keymesh/protocol/routes';
import { SCHEMES, type Scheme, type SchemeName } from '@keymesh/protocol/schemes';
import { NodeError } from '../errors.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import { type PreparedScheme, preparedScheme } from '../stock/preparation.ts';
import { isSignerSet } from '../stock/signer-set.ts';

/** A request for one partial signature whose caller has been found to be allowed to ask for it. */
export interface AuthorizedSigningRequest {
  /** 32 bytes: `signingSessionId` of @keymesh/protocol. */
  readonly session: Uint8Array;
  readonly tokenId: bigint;
  /** 32 bytes from the contract that minted the token; the child key derives from it. */
  readonly keyId: Uint8Array;
  readonly scheme: SchemeName;
  /** For ECDSA its digest. */
  readonly message: Uint8Array;
  /** Ascending; empty for BLS. */
  readonly signers: readonly PartyIndex[];
}

/** A request that needs a preparation. */
export interface PreparedRequest extends AuthorizedSigningRequest {
  readonly scheme: PreparedScheme;
}

/** This node's part of a signature, and what it is verified with. */
export type PartialSignature = Omit<ResponseOf<'sign'>, 'party'>;

/**
 * Refuses what could not become a signature, before anything is taken from the stock for it.
 * @throws NodeError `signing/invalid-signer-set` unless exactly t parties of the committee, this node among them, sign;
 * `signing/invalid-digest` for an ECDSA message that has not the length of the scheme's digest.
 */
export function assertSignable(epoch: ServingEpoch, { scheme, signers, message }: AuthorizedSigningRequest): void {
  const { self, threshold, partyCount } = epoch;
  const isFit = preparedScheme(scheme) === undefined ? signers.length === 0 : isSignerSet(signers, epoch);
  if (!isFit) {
    throw new NodeError('The signer set of the request cannot sign here.', {
      code: 'signing/invalid-signer-set',
      fault: 'caller',
      hint: `Name exactly ${threshold} parties of 1 … ${partyCount}, ascending, this node (party ${self}) among them; none for BLS.`,
      details: { signers, threshold },
    });
  }
  const { messageBytes } = SCHEMES[scheme] as Scheme;
  if (messageBytes === undefined || message.length === messageBytes) return;
  throw new NodeError('The message is not a digest of the length that the scheme signs.', {
    code: 'signing/invalid-digest',
    fault: 'caller',
    hint: `Hash the message first, and send the ${messageBytes} bytes of its digest.`,
    details: { scheme, bytes: message.length, expected: messageBytes },
  });
}
