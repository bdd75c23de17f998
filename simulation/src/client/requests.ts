import { fromHex, type PartyIndex, utf8 } from '@keymesh/foundation';
import { requestIdentity, signingSessionId } from '@keymesh/protocol/routes';
import type { PartialSignature, PreparedScheme } from '../node-parts.ts';

/** There is one epoch in a simulation. */
export const EPOCH = 1;

/** What a client asks each signer, after sessions and permissions were checked. Byte strings are hex. */
export interface NodeRequest {
  /** The caller's wallet. */
  readonly owner: string;
  readonly scheme: PreparedScheme;
  readonly keyId: string;
  /** For ECDSA a digest. */
  readonly message: string;
  /** Exactly t, ascending. */
  readonly signers: readonly PartyIndex[];
  readonly requestId: string;
}

export type NodeAnswer =
  | { readonly kind: 'share'; readonly partial: PartialSignature }
  /** `accused`: parties that the node blames; `pair`: two that do not presign together any more. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly accused: readonly PartyIndex[];
      readonly pair?: readonly PartyIndex[];
    };

/** The 32 bytes by which the signers know the request (docs/spec/signing.md §5): the token's id is its key id here. */
export function sessionOf({ owner, scheme, keyId, message, signers, requestId }: NodeRequest): Uint8Array {
  const identity = requestIdentity({
    ...{ caller: owner, operation: 'sign', epoch: EPOCH, signers },
    parameters: [
      ['token-id', fromHex(keyId)],
      ['scheme', utf8(scheme)],
      ['message', fromHex(message)],
    ],
  });
  return signingSessionId(identity, requestId);
}
