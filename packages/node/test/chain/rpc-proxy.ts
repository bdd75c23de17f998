import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

type Interference = (call: RpcCall) => unknown;

/** Answers with this JSON-RPC error instead of asking the chain. */
export function rpcError(code: number, message: string) {
  return { error: { code, message } };
}

/** Never answers. */
export const SILENCE = Symbol('silence');

/** An endpoint in front of a chain that notes every call and, if told, answers otherwise. */
export class RpcProxy {
  readonly calls: RpcCall[] = [];
  /** The most calls of the named method that were under way at once. */
  readonly atOnceMax = new Map<string, number>();
  delayMs = 0;
  /** Returns what to answer instead: `{ result }`, `{ error }`, text, SILENCE; undefined to ask the chain; or a promise of these. */
  interfere: Interference = () => undefined;
  readonly #target: string;
  readonly #server: Server;
  readonly #underWay = new Map<string, number>();

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(target: string): Promise<RpcProxy> {
    const proxy = new RpcProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** With something like a credential in it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2/credential`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const call = JSON.parse(body) as RpcCall & { id: number };
    this.calls.push({ method: call.method, params: call.params });
    this.#count(call.method, 1);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const other = await this.interfere(call);
    if (other === SILENCE) return;
    response.setHeader('content-type', 'application/json');
    response.once('close', () => this.#count(call.method, -1));
    if (typeof other === 'string') response.end(other);
    else if (other === undefined) response.end(await this.#forward(body));
    else response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...(other as object) }));
  }

  async #forward(body: string): Promise<string> {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(this.#target, { method: 'POST', headers, body })).text();
  }

  #count(method: string, by: number): void {
    const count = (this.#underWay.get(method) ?? 0) + by;
    this.#underWay.set(method, count);
    this.atOnceMax.set(method, Math.max(count, this.atOnceMax.get(method) ?? 0));
  }
}
