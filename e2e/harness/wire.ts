import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { openResponse, type SealedRequest, sealRequest } from '@keymesh/protocol/sealing';
import {
  type AuthSig,
  type Capability,
  createDelegationMessage,
  createSessionKey,
  createSessionMessage,
  delegationAuthSig,
  type SessionKey,
  signSessionMessage,
} from '@keymesh/protocol/sessions';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Printed } from './keymesh.ts';

/** The longest that a node may take for any answer. Milliseconds. */
const ANSWER_TIMEOUT_MS = 20_000;

export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** What a node answered, as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The loopback address to come from: each is a client of its own for the node. */
  readonly from?: string;
}

/** One HTTP request, without any help of a client library. */
export function send(url: string, request: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        ...{ hostname, port, path: request.path, method: request.method ?? 'POST', timeout: ANSWER_TIMEOUT_MS },
        headers: { 'content-type': 'application/json', ...request.headers },
        ...(request.from === undefined ? {} : { localAddress: request.from }),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`No answer to ${request.path} in time.`)));
    sent.on('error', reject);
    sent.end(request.body);
  });
}

/** Bytes that need not be HTTP; returns all that comes back until the node closes the connection. */
export function sendBytes(url: string, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connectSocket(Number(port), hostname, () => socket.write(bytes));
    const chunks: Buffer[] = [];
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy(new Error('The node left the connection open.')));
    socket.on('data', (chunk) => chunks.push(chunk));
    // A node that closes while bytes are still on their way resets the connection.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      ['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? undefined : reject(error),
    );
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

/** A session of a wallet, in whose messages a test can put anything. */
export interface WireSession {
  readonly key: SessionKey;
  readonly delegation: AuthSig;
  readonly capabilities: readonly Capability[];
}

/** @param lifetimeMs of the delegation; negative for one that is over. */
export async function createWireSession(
  privateKey: Hex,
  capabilities: readonly Capability[],
  lifetimeMs = 600_000,
): Promise<WireSession> {
  const account = privateKeyToAccount(privateKey);
  const key = createSessionKey(random);
  const message = createDelegationMessage({
    wallet: account.address,
    sessionKey: key.publicKey,
    capabilities,
    nonce: randomBytes(16).toString('hex'),
    issuedAt: Date.now() - 900_000,
    expiration: Date.now() + lifetimeMs,
  });
  const delegation = delegationAuthSig(message, await account.signMessage({ message }), account.address);
  return { key, delegation, capabilities };
}

/** @param lifetimeMs of the session; negative for one that is over. */
export function signFor(session: WireSession, nodeUrl: string, lifetimeMs = 300_000): AuthSig {
  const message = createSessionMessage({
    sessionKey: session.key.publicKey,
    requests: session.capabilities,
    delegations: [session.delegation],
    issuedAt: Date.now() - 800_000,
    expiration: Date.now() + lifetimeMs,
    nodeAddress: nodeUrl,
  });
  return signSessionMessage(message, session.key);
}

/** An answer to a sealed request, opened if it was sealed. */
export interface SealedAnswer extends RawAnswer {
  readonly wasSealed: boolean;
  readonly value: Printed;
}

/** A sealed request, made by the protocol's own code, that a test may change before it sends it. */
export class SealedCall {
  readonly body: SealedRequest;
  readonly #open: (answer: unknown) => string;

  constructor(
    plaintext: unknown,
    options: { readonly sealingKey: Uint8Array; readonly now?: number; readonly epoch?: number },
  ) {
    const { body, replyKey } = sealRequest({
      plaintext: typeof plaintext === 'string' ? plaintext : JSON.stringify(plaintext),
      nodePublicKey: options.sealingKey,
      epoch: options.epoch ?? 1,
      now: options.now ?? Date.now(),
      random,
    });
    this.body = body;
    this.#open = (answer) => openResponse(answer, replyKey);
  }

  async send(url: string, path: string, body: unknown = this.body): Promise<SealedAnswer> {
    const answer = await send(url, { path, body: JSON.stringify(body) });
    const parsed = JSON.parse(answer.text);
    if (parsed.payload === undefined) return { ...answer, wasSealed: false, value: parsed };
    return { ...answer, wasSealed: true, value: JSON.parse(this.#open(parsed)) };
  }
}
