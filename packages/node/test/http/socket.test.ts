import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { type AddressInfo, BlockList } from 'node:net';
import { ROUTES } from '@keymesh/protocol/routes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitConnections } from '../../src/http/connections.ts';
import { listen, stopHttpServer } from '../../src/http/server.ts';
import { codeOf } from '../requests/expectations.ts';
import { refusal } from './echo-handlers.ts';
import { RawClient } from './raw-client.ts';
import { type ServerUnderTest, serverUnderTest } from './server-under-test.ts';

const HANDSHAKE = ROUTES.handshake.path;
const challenge = JSON.stringify({ challenge: '00'.repeat(32) });
const headersOf = (length: number) => [
  `POST ${HANDSHAKE} HTTP/1.1`,
  'host: node',
  'content-type: application/json',
  `content-length: ${length}`,
  '',
];

let node: ServerUnderTest;
let port: number;

async function start(): Promise<void> {
  node = await serverUnderTest({ timeouts: { headersMs: 300, requestMs: 600, checkMs: 50 } });
  const url = await listen(node.server, { host: '127.0.0.1', port: 0, requestsPerMinute: 1 });
  port = Number(new URL(url).port);
}

beforeEach(start);
afterEach(() => stopHttpServer(node.server, 100));

const health = async () => (await fetch(`http://127.0.0.1:${port}${ROUTES.health.path}`)).status;

describe('a client on a socket', () => {
  it('gets many answers on one connection', async () => {
    const client = new RawClient(port);
    for (let i = 1; i <= 3; i += 1) {
      client.send(...headersOf(challenge.length), challenge);
      await client.until(new RegExp(`(HTTP/1\\.1 503[^]*){${i}}`));
    }
    client.socket.destroy();
  });

  it('that sends its body slowly is cut off, and keeps nobody waiting', async () => {
    const slow = Array.from({ length: 20 }, () => new RawClient(port));
    for (const client of slow) client.send(...headersOf(challenge.length), challenge.slice(0, 5));
    expect(await health()).toBe(200);
    for (const client of slow) {
      await client.closed;
      expect([client.status, client.code]).toEqual([408, 'wire/bad-http']);
    }
  });

  it.each([
    ['nothing', ''],
    ['half of a header', 'POST / HTTP/1.1\r\nhost: no'],
  ])('that sends %s is cut off', async (_what, text) => {
    const client = new RawClient(port);
    client.send(text);
    await client.closed;
    expect(client.status).toBe(408);
  });

  it.each([
    ['bytes that are no HTTP', '\x16\x03\x01\x02garbage\r\n\r\n', 400],
    ['two lengths', [...headersOf(3).slice(0, -1), 'content-length: 4', '', ''].join('\r\n'), 400],
    ['a length and chunks', [...headersOf(3).slice(0, -1), 'transfer-encoding: chunked', '', ''].join('\r\n'), 400],
    ['headers without end', `GET / HTTP/1.1\r\nhost: node\r\nx: ${'x'.repeat(20_000)}`, 431],
  ])('that sends %s gets a typed answer and the end', async (_what, text, status) => {
    const client = new RawClient(port);
    client.send(text);
    await client.closed;
    expect([client.status, client.code]).toEqual([status, 'wire/bad-http']);
  });

  it('is told that its body is too long before it has sent it', async () => {
    const announced = new RawClient(port);
    announced.send(...headersOf(10_000_000), '');
    await announced.closed;
    expect([announced.status, announced.code]).toEqual([413, 'wire/too-large']);
    const chunked = new RawClient(port);
    const [line, host, type] = headersOf(0) as [string, string, string];
    chunked.send(line, host, type, 'transfer-encoding: chunked', '', '800', `${'x'.repeat(2_048)}`, '');
    await chunked.closed;
    expect([chunked.status, chunked.code]).toEqual([413, 'wire/too-large']);
  });

  it('that hangs up within its body is no defect of ours', async () => {
    const client = new RawClient(port);
    client.send(...headersOf(challenge.length), challenge.slice(0, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.socket.destroy();
    await client.closed;
    await expect.poll(() => node.lines.length).toBeGreaterThan(0);
    expect(node.lines.map(({ level }) => level)).not.toContain('error');
    expect(await health()).toBe(200);
  });
});

describe('listening', () => {
  it('fails with a typed error if the port is taken', async () => {
    const second = await serverUnderTest();
    expect(await codeOf(() => listen(second.server, { host: '127.0.0.1', port, requestsPerMinute: 1 }))).toBe(
      'node/listen-failed',
    );
    await second.server.close();
  });
});

describe('stopping', () => {
  /** Sends a handshake whose handler waits for `answer`. */
  async function underWay(): Promise<{ answer: () => void; client: RawClient }> {
    let answer: (() => void) | undefined;
    node.handlers.onHandshake = () =>
      new Promise((_resolve, reject) => {
        answer = () => reject(refusal('node/not-ready', 'environment'));
      });
    const client = new RawClient(port);
    client.send(...headersOf(challenge.length), challenge);
    await expect.poll(() => answer).toBeDefined();
    return { answer: () => answer?.(), client };
  }

  it('lets a request under way end, and takes no others', async () => {
    const { answer, client } = await underWay();
    const idle = new RawClient(port);
    await once(idle.socket, 'connect');
    const stopped = stopHttpServer(node.server, 5_000);
    await expect(health()).rejects.toThrow();
    answer();
    await client.until(/node\/not-ready/);
    const began = performance.now();
    await stopped;
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('cuts off what does not end', async () => {
    const { client } = await underWay();
    const began = performance.now();
    await stopHttpServer(node.server, 200);
    await client.closed;
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(client.text).toBe('');
  });
});

describe('connections', () => {
  it('of one address are bounded, those of a trusted proxy are not, and places come back', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    const trusted = new BlockList();
    trusted.addSubnet('127.0.0.8', 29);
    limitConnections(server, trusted, { connectionsMax: 100, perAddressMax: 2 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: own } = server.address() as AddressInfo;
    const get = (localAddress: string) =>
      new Promise<{ status: number; end: () => void }>((resolve) => {
        const agent = new Agent({ keepAlive: true });
        const sent = request({ host: '127.0.0.1', port: own, localAddress, agent });
        sent.on('response', (response) => {
          response.resume();
          resolve({ status: response.statusCode ?? 0, end: () => agent.destroy() });
        });
        sent.on('error', () => resolve({ status: 0, end: () => {} }));
        sent.end();
      });
    const held = [await get('127.0.0.1'), await get('127.0.0.1')];
    expect((await get('127.0.0.1')).status).toBe(0);
    expect((await get('127.0.0.2')).status).toBe(200);
    for (let i = 0; i < 4; i += 1) expect((await get('127.0.0.9')).status).toBe(200);
    held[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await get('127.0.0.1')).status).toBe(200);
    server.closeAllConnections();
    server.close();
  });
});
