import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../src/fetching/addresses.ts';
import { type FetchAnswer, Fetcher, type FetchRequest } from '../src/fetching/fetcher.ts';
import { serve } from './test-network.ts';

const BOUNDS = { bytesMax: 10_000, timeMsMax: 5_000 };
let server: Awaited<ReturnType<typeof serve>>;
let heard: { url: string; method: string; headers: Record<string, unknown>; body: string }[] = [];
let fetcher: Fetcher;

beforeAll(async () => {
  server = await serve((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const url = request.url as string;
      const body = Buffer.concat(chunks).toString();
      heard.push({ url, method: request.method as string, headers: request.headers, body });
      const to = /^\/to\/(\d+)\/(.*)/.exec(url);
      if (to !== null) response.writeHead(Number(to[1]), { location: decodeURIComponent(to[2] as string) }).end();
      else if (url === '/long') response.end('x'.repeat(10_001));
      else if (url === '/packed')
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('y'.repeat(9_000)));
      else if (url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('z'.repeat(1e7)));
      else if (url === '/headers') response.writeHead(200, { 'x-long': 'h'.repeat(70_000) }).end();
      else if (url !== '/never') response.writeHead(200, { 'x-a': 'b' }).end(`you asked ${url}`);
    });
  });
});
afterAll(() => server.close());
afterEach(async () => {
  heard = [];
  await fetcher.close();
});

const ask = (url: string, more: Partial<FetchRequest> = {}, bounds = BOUNDS): Promise<FetchAnswer> =>
  fetcher.fetch(
    { url, method: 'GET', headers: [], redirect: 'follow', ...more },
    { ...bounds, signal: new AbortController().signal },
  );
const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: { code: string }) => error.code,
  );
const text = ({ body }: FetchAnswer): string => Buffer.from(body).toString();
const open = (...allowedHosts: string[]): void => {
  fetcher = new Fetcher({ allowedHosts });
};

describe('fetch of a program', () => {
  it('reaches what the operator allowed, by host and port', async () => {
    open(`127.0.0.1:${server.port}`);
    const answer = await ask(`http://127.0.0.1:${server.port}/a?b`, { headers: [['x-mine', '1']] });
    expect([answer.status, text(answer), answer.isRedirected]).toEqual([200, 'you asked /a?b', false]);
    expect(answer.headers).toContainEqual(['x-a', 'b']);
    expect(heard[0]?.headers).toMatchObject({ 'x-mine': '1', host: `127.0.0.1:${server.port}` });
    expect(await codeOf(ask(`http://127.0.0.1:${server.port + 1}/`))).toBe('actions/fetch-refused');
  });

  it('reaches a name that is allowed on one port on no other', async () => {
    open(`localhost:${server.port}`);
    expect(await codeOf(ask(`http://localhost:${server.port}/`))).toBe('answered');
    expect(await codeOf(ask(`http://localhost:${server.port + 1}/`))).toBe('actions/fetch-refused');
    expect(await codeOf(ask(`http://127.0.0.1:${server.port}/`))).toBe('actions/fetch-refused');
  });

  it.each([
    ...['http://127.0.0.1', 'http://localhost', 'http://LOCALHOST', 'http://127.1', 'http://0'],
    ...['http://2130706433', 'http://0x7f000001', 'http://0177.0.0.1', 'http://127.0.0.1.', 'http://0.0.0.0'],
    ...[
      'http://[::1]',
      'http://[::]',
      'http://[::ffff:127.0.0.1]',
      'http://[::ffff:7f00:1]',
      'http://[0:0:0:0:0:0:0:1]',
    ],
    ...[
      'http://[::127.0.0.1]',
      'http://[64:ff9b::7f00:1]',
      'http://[2002:7f00:1::]',
      'http://[fe80::1]',
      'http://[fc00::1]',
    ],
    ...['http://10.0.0.1', 'http://172.16.0.1', 'http://192.168.1.1', 'http://100.64.0.1', 'http://198.18.0.1'],
    ...['http://169.254.169.254/latest/meta-data', 'http://[fd00:ec2::254]', 'http://192.0.0.192', 'http://224.0.0.1'],
    ...[
      'http://255.255.255.255',
      'http://①②⑦.⓪.⓪.①',
      'http://127。0。0。1',
      'http://[2001:db8::1]',
      'http://[ff02::1]',
    ],
    ...[
      'file:///etc/passwd',
      'ftp://example.org',
      'data:text/plain,x',
      'http://user:pass@example.org',
      'gopher://x',
      'no url',
    ],
  ])('does not reach %s', async (url) => {
    open('example.org');
    const withPort = url.startsWith('http') && !/\d\/|@|\/latest/.test(url) ? `${url}:${server.port}/` : url;
    expect(await codeOf(ask(withPort))).toBe('actions/fetch-refused');
    expect(heard).toEqual([]);
  });

  it('does not follow a redirect to where it may not go, and follows others', async () => {
    open(`127.0.0.1:${server.port}`);
    const here = `http://127.0.0.1:${server.port}`;
    const moved = await ask(`${here}/to/302/${encodeURIComponent('/b')}`);
    expect([text(moved), moved.url, moved.isRedirected]).toEqual(['you asked /b', `${here}/b`, true]);
    for (const target of [`http://127.0.0.1:${server.port + 1}/`, 'http://[::1]/', 'file:///etc/passwd']) {
      expect(await codeOf(ask(`${here}/to/307/${encodeURIComponent(target)}`))).toBe('actions/fetch-refused');
    }
    const loop = `${here}/to/302/`;
    await expect(ask(loop)).rejects.toThrow('it redirects too often');
    expect(await codeOf(ask(`${here}/to/302/x`, { redirect: 'error' }))).toBe('actions/fetch-refused');
    expect((await ask(`${here}/to/302/x`, { redirect: 'manual' })).status).toBe(302);
  });

  it('changes method and body at a redirect as browsers do, and keeps secrets to their origin', async () => {
    open('127.0.0.1', 'localhost');
    const here = `http://127.0.0.1:${server.port}`;
    const there = `http://localhost:${server.port}/there`;
    const body = Buffer.from('secret body');
    const headers = [['authorization', 'Bearer x'] as const, ['content-type', 'text/plain'] as const];
    await ask(`${here}/to/302/${encodeURIComponent('/same')}`, { method: 'POST', body, headers });
    expect(heard.at(-1)).toMatchObject({ method: 'GET', body: '', headers: { authorization: 'Bearer x' } });
    expect(heard.at(-1)?.headers).not.toHaveProperty('content-type');
    await ask(`${here}/to/307/${encodeURIComponent(there)}`, { method: 'POST', body, headers });
    expect(heard.at(-1)).toMatchObject({ method: 'POST', body: 'secret body', url: '/there' });
    expect(heard.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('ends at its limits: bytes, also of what was packed, headers and time', async () => {
    open('127.0.0.1');
    const here = `http://127.0.0.1:${server.port}`;
    expect(await codeOf(ask(`${here}/long`))).toBe('actions/limit-exceeded');
    expect(text(await ask(`${here}/packed`))).toBe('y'.repeat(9_000));
    expect(await codeOf(ask(`${here}/bomb`))).toBe('actions/limit-exceeded');
    expect(await codeOf(ask(`${here}/headers`))).toBe('actions/fetch-failed');
    expect(await codeOf(ask(`${here}/never`, {}, { ...BOUNDS, timeMsMax: 100 }))).toBe('actions/limit-exceeded');
    expect(await codeOf(ask(`http://127.0.0.1:1/`))).toBe('actions/fetch-failed');
  });

  it('goes to the address that was judged, also if the name has another one the next time', async () => {
    const answers = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1'], ['::ffff:127.0.0.1'], ['fe80::1'], []];
    fetcher = new Fetcher({ allowedHosts: [], resolve: async () => answers.shift() ?? [] });
    for (let i = 0; i < 4; i++) {
      expect(await codeOf(ask(`http://rebinding.example:${server.port}/`))).toBe('actions/fetch-refused');
    }
    expect(await codeOf(ask(`http://rebinding.example:${server.port}/`))).toBe('actions/fetch-failed');
    expect(heard).toEqual([]);
  });
});

it.each(['1.1.1.1', '93.184.216.34', '2606:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
