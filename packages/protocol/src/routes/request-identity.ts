import { bigintToBytes, bytesToBigint, fromHex, type PartyIndex, Transcript, utf8, Writer } from '@keymesh/foundation';
import type * as v from 'valibot';
import type { sign } from './sign.ts';

/** Everything that makes two requests the same request. */
export interface RequestContent {
  /** The caller's wallet, `0x` and 40 digits. */
  readonly caller: string;
  readonly operation: 'sign' | 'decrypt' | 'execute';
  readonly epoch: number;
  /** Ascending; empty where the operation has no signer set. */
  readonly signers: readonly PartyIndex[];
  /** Every parameter of the operation under its name, in a fixed order. */
  readonly parameters: readonly (readonly [name: string, value: Uint8Array])[];
}

/**
 * The 32 bytes that name a request by its content (design.md §5). The same client-chosen request id with another
 * identity is refused; the id alone never selects a nonce.
 */
export function requestIdentity(content: RequestContent): Uint8Array {
  const transcript = new Transcript('request/v1')
    .append('caller', fromHex(content.caller))
    .append('operation', utf8(content.operation))
    .append('epoch', bigintToBytes(BigInt(content.epoch), 8))
    .append('signers', new Writer().list(content.signers, (writer, party) => writer.u16(party)).finish())
    .appendU32('parameters', content.parameters.length);
  for (const [name, value] of content.parameters) transcript.append(name, value);
  return transcript.digest();
}

/** What of a signing request its identity covers. */
export type SignRequestContent = Pick<
  v.InferOutput<typeof sign.request>,
  'epoch' | 'tokenId' | 'scheme' | 'message' | 'signers'
>;

/** The identity of a signing request: it covers key, scheme, message and signers. */
export function signRequestIdentity(caller: string, request: SignRequestContent): Uint8Array {
  return requestIdentity({
    caller,
    operation: 'sign',
    epoch: request.epoch,
    signers: request.signers,
    parameters: [
      ['token-id', fromHex(request.tokenId)],
      ['scheme', utf8(request.scheme)],
      ['message', fromHex(request.message)],
    ],
  });
}

/**
 * The 32 bytes that name one signing request of one client among the signers (docs/spec/signing.md §5). Two requests
 * for the same signature are two, because the client gave them different ids.
 */
export function signingSessionId(identity: Uint8Array, requestId: string): Uint8Array {
  return new Transcript('signing/v1/session')
    .append('request', identity)
    .append('request id', utf8(requestId))
    .digest();
}

/**
 * The signer that assigns the preparation of a session. Not of the client's choice alone: the session is a hash of all
 * of the request.
 * @param session of `signingSessionId`.
 * @param signers at least one.
 */
export function leaderOf(session: Uint8Array, signers: readonly PartyIndex[]): PartyIndex {
  const position = Number(bytesToBigint(session.subarray(0, 4))) % signers.length;
  return signers[position] as PartyIndex;
}

/** The identity of a decryption request: it covers the conditions, the data and the chain. */
export function decryptRequestIdentity(
  caller: string,
  request: {
    readonly conditionsHash: string;
    readonly dataToEncryptHash: string;
    readonly chain: string;
    readonly epoch: number;
  },
): Uint8Array {
  return requestIdentity({
    caller,
    operation: 'decrypt',
    epoch: request.epoch,
    signers: [],
    parameters: [
      ['conditions', fromHex(request.conditionsHash)],
      ['data', fromHex(request.dataToEncryptHash)],
      ['chain', utf8(request.chain)],
    ],
  });
}

/**
 * The identity of a run: it covers the program, its parameters and the nodes that run it.
 * @param request `cid`: of the text that runs, whichever way it came.
 */
export function executeRequestIdentity(
  caller: string,
  request: {
    readonly cid: string;
    readonly jsParams: string;
    readonly signers: readonly PartyIndex[];
    readonly epoch: number;
  },
): Uint8Array {
  return requestIdentity({
    caller,
    operation: 'execute',
    epoch: request.epoch,
    signers: request.signers,
    parameters: [
      ['cid', utf8(request.cid)],
      ['parameters', utf8(request.jsParams)],
    ],
  });
}

/** The 32 bytes that name one run of one client among the nodes (docs/spec/actions.md §2). */
export function runIdOf(identity: Uint8Array, requestId: string): Uint8Array {
  return new Transcript('action/v1/run').append('request', identity).append('request id', utf8(requestId)).digest();
}

/**
 * The 32 bytes that name one signature of a run among the signers, as `signingSessionId` does for other requests.
 * @param name as the program gave it, and how often it was used before in the run.
 */
export function actionSigningSessionId(
  run: Uint8Array,
  name: string,
  signing: { readonly tokenId: string; readonly scheme: string; readonly message: Uint8Array },
): Uint8Array {
  return new Transcript('action/v1/signature')
    .append('run', run)
    .append('name', utf8(name))
    .append('token-id', fromHex(signing.tokenId))
    .append('scheme', utf8(signing.scheme))
    .append('message', signing.message)
    .digest();
}
