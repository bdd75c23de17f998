import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { errorOf } from '../requests/expectations.ts';

const minimal = {
  name: 'node-1',
  rpcUrl: 'http://127.0.0.1:8545',
  directory: `0x${'aB'.repeat(20)}`,
  http: { host: '127.0.0.1', port: 7470 },
  mesh: { host: '127.0.0.1', port: 7570 },
  dataDirectory: 'data',
  sealingKeyFile: '/run/secrets/sealing.key',
  chains: { base: { chainId: 8453, rpcUrls: ['https://rpc.example/key-1'] } },
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'keymesh-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function load(content: unknown) {
  const path = join(directory, 'node.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadConfig(path);
}

describe('a configuration', () => {
  it('gets defaults, and paths relative to its file', () => {
    expect(load(minimal)).toEqual({
      ...minimal,
      http: { ...minimal.http, trustedProxies: [] },
      chains: { base: { ...minimal.chains.base, quorum: 1 } },
      dataDirectory: join(directory, 'data'),
      pollIntervalMs: 1_000,
      keygenRoundTimeoutMs: 20_000,
      requestsPerMinute: 6_000,
      stock: { low: 8, high: 256 },
      logLevel: 'info',
    });
  });

  it('has marks of the stock in their order', async () => {
    expect(load({ ...minimal, stock: { low: 3 } }).stock).toEqual({ low: 3, high: 256 });
    expect(load({ ...minimal, stock: { low: 0, high: 0 } }).stock).toEqual({ low: 0, high: 0 });
    for (const stock of [{ low: 257 }, { low: 2, high: 1 }, { high: 1_025 }, { low: -1 }, { lo: 1 }]) {
      const error = await errorOf(() => load({ ...minimal, stock }));
      expect([error.code, error.message]).toEqual(['config/invalid', expect.stringContaining('stock')]);
    }
  });

  it('takes IP addresses and networks as proxies', () => {
    const trustedProxies = ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'];
    expect(load({ ...minimal, http: { ...minimal.http, trustedProxies } }).http.trustedProxies).toEqual(trustedProxies);
  });

  it('that is wrong is refused with every wrong key at once', async () => {
    const { name: _missing, ...rest } = minimal;
    const error = await errorOf(() =>
      load({
        ...rest,
        rpcUrl: 'ftp://127.0.0.1',
        directory: '0x12',
        http: { host: '', port: 70_000, trustedProxies: ['proxy.example', '10.0.0.0/33'], tls: true },
        chains: { 'a-b': { chainId: 1, rpcUrls: ['http://x'] }, c: { chainId: 0, rpcUrls: [] } },
        pollIntervalMs: 1,
        requestsPerMinute: 0.5,
        logLevel: 'loud',
        pollInterval: 1,
      }),
    );
    expect(error.code).toBe('config/invalid');
    const keys = ['name', 'rpcUrl', 'directory', 'http.host', 'http.port', 'http.trustedProxies.0', 'http.tls'];
    const more = ['http.trustedProxies.1', 'chains.a-b', 'chains.c.chainId', 'chains.c.rpcUrls', 'pollIntervalMs'];
    for (const key of [...keys, ...more, 'requestsPerMinute', 'logLevel', 'pollInterval']) {
      expect(error.message).toContain(`${key}: `);
    }
  });

  it('has no quorum that its endpoints could not reach', async () => {
    const { base } = minimal.chains;
    const error = await errorOf(() => load({ ...minimal, chains: { base: { ...base, quorum: 2 } } }));
    expect(error.message).toContain('chains.base: quorum must not be above the number of rpcUrls');
    const two = { ...base, rpcUrls: ['http://a', 'http://b'], quorum: 2 };
    expect(load({ ...minimal, chains: { base: two } }).chains.base?.quorum).toBe(2);
  });

  it('keeps credentials in addresses out of its errors', async () => {
    const wrong = { ...minimal, rpcUrl: 'htps://user:credential@rpc.example' };
    const chains = { base: { chainId: 1, rpcUrls: ['//rpc.example/credential'] } };
    const error = await errorOf(() => load({ ...wrong, chains }));
    expect(error.message).toContain('rpcUrl: must be an http or https URL');
    expect(JSON.stringify(error)).not.toContain('credential');
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
  ])('that holds %s is unreadable', async (_what, content) => {
    expect((await errorOf(() => load(content))).code).toBe('config/unreadable');
  });

  it('that is not there is unreadable', async () => {
    expect((await errorOf(() => loadConfig(join(directory, 'other.json')))).code).toBe('config/unreadable');
  });

  it.each([['null'], ['[]'], ['"text"'], ['{}']])('that is %s is invalid', async (content) => {
    expect((await errorOf(() => load(content))).code).toBe('config/invalid');
  });
});
