import { randomBytes } from 'node:crypto';
import { capability } from '@keymesh/protocol/sessions';
import { expect } from 'vitest';
import { DEVELOPER } from '../verifiers/chain.ts';
import type { Printed } from './keymesh.ts';
import type { TestNetwork } from './network.ts';
import type { Place, Secret } from './secrets.ts';
import {
  createWireSession,
  type RawAnswer,
  type RawRequest,
  type SealedAnswer,
  SealedCall,
  send,
  signFor,
  type WireSession,
} from './wire.ts';

export const SIGN = '/v1/sign';
export const DECRYPT = '/v1/decrypt';

/** Node 1 of a network as an attacker sees it, with all that is needed to make a good request and then spoil it. */
export class Target {
  /** In messages and plaintexts, and to be found nowhere else. */
  readonly mark = `not-for-logs-${randomBytes(8).toString('hex')}`;
  /** All that any node answered. */
  readonly heard: Place[] = [];
  readonly clientSecrets: Secret[] = [];
  readonly #network: TestNetwork;
  #prepared:
    | {
        readonly sealingKey: Uint8Array;
        readonly otherSealingKey: Uint8Array;
        readonly key: Printed;
        readonly session: WireSession;
      }
    | undefined;

  constructor(network: TestNetwork) {
    this.#network = network;
  }

  /** Once the network runs. */
  async prepare(): Promise<void> {
    this.#prepared = {
      sealingKey: await this.#sealingKeyOf(1),
      otherSealingKey: await this.#sealingKeyOf(2),
      key: await this.#network.run('key', 'mint'),
      session: await this.sessionOf(DEVELOPER),
    };
  }

  get #ready() {
    if (this.#prepared === undefined) throw new Error('The target is not prepared.');
    return this.#prepared;
  }
  get url(): string {
    return this.#network.node(1).url;
  }
  get key(): Printed {
    return this.#ready.key;
  }
  /** Of the owner of the key. */
  get session(): WireSession {
    return this.#ready.session;
  }
  get sealingKey(): Uint8Array {
    return this.#ready.sealingKey;
  }
  /** Of node 2. */
  get otherSealingKey(): Uint8Array {
    return this.#ready.otherSealingKey;
  }

  /** A session of a wallet for signing with one key, or with all. */
  async sessionOf(privateKey: typeof DEVELOPER, lifetimeMs?: number, tokenId = '*'): Promise<WireSession> {
    const made = await createWireSession(
      privateKey,
      [capability('pkp-signing', tokenId.replace(/^0x/, ''))],
      lifetimeMs,
    );
    this.clientSecrets.push({ name: 'a session key', bytes: made.key.secretKey.expose((bytes) => bytes.slice()) });
    return made;
  }

  /** A good request for a BLS share, and what to change in it. */
  signRequest(change: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      authSig: signFor(this.session, this.url),
      epoch: 1,
      tokenId: this.key.tokenId,
      scheme: 'Bls12381',
      message: Buffer.from(this.mark).toString('hex'),
      signers: [],
      requestId: randomBytes(16).toString('hex'),
      ...change,
    };
  }

  /** The same good request for all of a signer set, sent to each of them at once. */
  async askSet(
    scheme: string,
    message: Uint8Array,
    signers: readonly number[] = [1, 2, 3],
    requestId = randomBytes(16).toString('hex'),
  ): Promise<SealedAnswer[]> {
    return Promise.all(signers.map((party) => this.askParty(party, { scheme, message, signers, requestId })));
  }

  /** One signer's part of it. */
  async askParty(
    party: number,
    request: {
      readonly scheme: string;
      readonly message: Uint8Array;
      readonly signers: readonly number[];
      readonly requestId: string;
    },
  ): Promise<SealedAnswer> {
    const { url } = this.#network.node(party);
    const plaintext = this.signRequest({
      ...request,
      authSig: signFor(this.session, url),
      message: Buffer.from(request.message).toString('hex'),
    });
    const sealed = new SealedCall(plaintext, { sealingKey: await this.#sealingKeyOf(party) });
    return this.keep(await sealed.send(url, SIGN));
  }

  async ask(request: RawRequest): Promise<RawAnswer> {
    return this.keep(await send(this.url, request));
  }

  seal(plaintext: unknown): SealedCall {
    return new SealedCall(plaintext, { sealingKey: this.sealingKey });
  }

  async send(sealed: SealedCall, path: string, body: unknown = sealed.body): Promise<SealedAnswer> {
    return this.keep(await sealed.send(this.url, path, body));
  }

  async call(
    path: string,
    plaintext: unknown,
    options: { readonly now?: number; readonly to?: Uint8Array } = {},
  ): Promise<SealedAnswer> {
    const { to = this.sealingKey, ...rest } = options;
    return this.send(new SealedCall(plaintext, { ...rest, sealingKey: to }), path);
  }

  /** Remembers an answer for the search for secrets. */
  keep<Answer extends { readonly text: string }>(answer: Answer): Answer {
    this.heard.push({ name: `an answer (${answer.text.slice(0, 60)})`, content: Buffer.from(answer.text) });
    if ('value' in answer) {
      this.heard.push({ name: 'an opened answer', content: Buffer.from(JSON.stringify(answer.value)) });
    }
    return answer;
  }

  async #sealingKeyOf(party: number): Promise<Uint8Array> {
    const body = JSON.stringify({ challenge: randomBytes(32).toString('hex') });
    const { text } = await send(this.#network.node(party).url, { path: '/v1/handshake', body });
    return Buffer.from(JSON.parse(text).sealingKey, 'hex');
  }
}

/** Every refusal is JSON with code, message and the id under which the node's log has it. */
export function expectRefusal(answer: RawAnswer | SealedAnswer, status: number, code: string): void {
  const body = 'value' in answer ? answer.value : JSON.parse(answer.text);
  expect({ status: answer.status, code: body.error?.code }).toEqual({ status, code });
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(body.error.message.length).toBeGreaterThan(10);
  expect(body.error.fault).toMatch(/^(caller|environment)$/);
  expect(body.requestId).toMatch(/^[0-9a-f]{24}$/);
  expect(answer.headers['x-request-id']).toBe(body.requestId);
}
