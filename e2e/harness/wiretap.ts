import { SecretBytes } from '@keymesh/foundation';
import { openResponse, type SealedRequest } from '@keymesh/protocol/sealing';
import type { Platform } from '@keymesh/sdk';
import { x25519 } from '@noble/curves/ed25519.js';
import type { Printed } from './keymesh.ts';
import type { TestNetwork } from './network.ts';

const KEY_BYTES = 32;

/** What one node answered to one sealed request, opened. */
export interface Overheard {
  readonly party: number;
  readonly path: string;
  readonly status: number;
  readonly value: Printed;
}

/**
 * Listens to an SDK in this process: it keeps the one-time keys that the SDK draws for its sealed requests, and opens
 * the answers to them as the SDK does. The SDK is the published one and notices nothing.
 */
export class Wiretap {
  readonly overheard: Overheard[] = [];
  /** Each sealed request as it left, for a test to send again. */
  readonly sent: { readonly party: number; readonly path: string; readonly body: string }[] = [];
  readonly platform: Pick<Platform, 'fetch' | 'random'>;
  /** Secret keys of requests under way, by their public key in hex. */
  readonly #keys = new Map<string, Uint8Array>();

  constructor(network: TestNetwork) {
    const nodes = network.file.nodes.map(({ url }, i) => ({ url, party: i + 1 }));
    this.platform = {
      random: (length) => {
        const bytes = globalThis.crypto.getRandomValues(new Uint8Array(length));
        if (length === KEY_BYTES) this.#keys.set(hex(x25519.getPublicKey(bytes)), bytes.slice());
        return bytes;
      },
      fetch: async (input, init) => {
        const node = nodes.find(({ url }) => String(input).startsWith(`${url}/`));
        const path = new URL(String(input)).pathname;
        const body = typeof init?.body === 'string' ? init.body : '';
        const isSealed = node !== undefined && body.includes('"payload"');
        if (isSealed) this.sent.push({ party: node.party, path, body });
        const answer = await globalThis.fetch(input, init);
        if (!isSealed) return answer;
        const text = await answer.text();
        this.#open(node.party, path, answer.status, JSON.parse(body) as SealedRequest, text);
        return new Response(text, { status: answer.status, headers: answer.headers });
      },
    };
  }

  /** Forgets what was heard, so that the next answers are those of one operation. */
  clear(): void {
    this.overheard.length = 0;
    this.sent.length = 0;
  }

  /** Good answers to signing requests. */
  get shares(): readonly Overheard[] {
    return this.overheard.filter(({ path, status }) => path === '/v1/sign' && status === 200);
  }

  #open(party: number, path: string, status: number, request: SealedRequest, text: string): void {
    const sender = request.payload.verification_key;
    const secretKey = this.#keys.get(sender);
    this.#keys.delete(sender);
    const answer = JSON.parse(text);
    if (secretKey === undefined || answer.payload === undefined) {
      this.overheard.push({ party, path, status, value: answer });
      return;
    }
    const nodePublicKey = new Uint8Array(Buffer.from(answer.payload.verification_key, 'hex'));
    const opened = openResponse(answer, { secretKey: new SecretBytes(secretKey), nodePublicKey });
    this.overheard.push({ party, path, status, value: JSON.parse(opened) });
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
