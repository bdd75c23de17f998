import { fromHex, toHex } from '@keymesh/foundation';
import {
  type ResponseOf,
  type SignRequestContent,
  signingSessionId,
  signRequestIdentity,
} from '@keymesh/protocol/routes';
import type { SchemeName } from '@keymesh/protocol/schemes';
import type { Key } from '../keys/key.ts';
import { SIGN_TIMEOUT_MS } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import { lied } from '../nodes/node-failure.ts';
import { type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from './request-id.ts';

/** What a caller wants signed. */
export interface SigningRequest<Name extends SchemeName = SchemeName> {
  readonly session: Session;
  readonly key: Key;
  readonly scheme: Name;
  readonly message: Uint8Array;
}

/** What a signature is of, whoever asks for it. */
export type Unsessioned<Name extends SchemeName = SchemeName> = Omit<SigningRequest<Name>, 'session'>;

/** One try of it: the same to each node that is asked. */
export interface SigningAttempt {
  readonly session: Session;
  readonly content: SignRequestContent;
  readonly requestId: string;
}

/** One node's answer. */
export interface SignAnswer extends Pick<ResponseOf<'sign'>, 'frost' | 'ecdsa'> {
  readonly share: Uint8Array;
}

/** @param signers exactly t, ascending; none for a scheme of kind `bls`. */
export function createAttempt(
  { epoch, platform }: Network,
  { session, key, scheme, message }: SigningRequest,
  signers: readonly NetworkNode[],
): SigningAttempt {
  return {
    session,
    content: {
      epoch,
      tokenId: key.tokenId,
      scheme,
      message: toHex(message),
      signers: signers.map(({ party }) => party),
    },
    requestId: newRequestId(platform),
  };
}

/** The 32 bytes by which signers know an attempt (docs/spec/signing.md §5). */
export function sessionIdOf({ session, content, requestId }: SigningAttempt): Uint8Array {
  return signingSessionId(signRequestIdentity(session.wallet.toLowerCase(), content), requestId);
}

/** Asks one node for its share. @throws as `callNode`; SdkError `sdk/session-unusable`. */
export async function requestShare(
  { platform, epoch }: Network,
  { session, content, requestId }: SigningAttempt,
  node: NetworkNode,
  signal: AbortSignal,
): Promise<SignAnswer> {
  const { signers, ...rest } = content;
  const { party, share, frost, ecdsa } = await callNode({
    ...{ platform, node, epoch, signal, timeoutMs: SIGN_TIMEOUT_MS },
    route: 'sign',
    request: {
      authSig: sessionSignature(session, node.url, platform.now()),
      ...rest,
      signers: [...signers],
      requestId,
    },
  });
  if (party !== node.party) throw lied(node, 'it answers as another party');
  return {
    share: fromHex(share),
    ...(frost === undefined ? {} : { frost }),
    ...(ecdsa === undefined ? {} : { ecdsa }),
  };
}
