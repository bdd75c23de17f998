import { execFile } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { schnorr } from '@noble/curves/secp256k1.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TestNetwork, useNetwork } from '../harness/network.ts';
import { clientOf, readEthAddress } from '../verifiers/chain.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const network = useNetwork('examples');

/** Runs an example as its README says; returns what it printed, by the word at the beginning of each line. */
async function example(name: string, more: NodeJS.ProcessEnv = {}): Promise<Readonly<Record<string, string>>> {
  const args = ['start', '--silent', '--workspace', `examples/${name}`];
  const env = { ...process.env, KEYMESH_DIR: network.directory, ...more };
  const { stdout } = await run('npm', args, { cwd: REPOSITORY, env });
  return Object.fromEntries(stdout.split('\n').map((line) => [line.slice(0, 12).trim(), line.slice(12)]));
}

describe('each example runs as its README says', () => {
  test('ethereum-transaction', async () => {
    const { minted, address, transaction, status, balance } = await example('ethereum-transaction');
    expect(address).toBe(await readEthAddress(network.file, minted as string));
    expect(status).toBe(`success, from ${address?.toLowerCase()}`);
    expect(balance).toMatch(/^0\.7499\d* ether left of 1$/);
    const mined = await clientOf(network.file).getTransaction({ hash: transaction as `0x${string}` });
    expect(mined).toMatchObject({ from: address?.toLowerCase(), type: 'eip1559', value: 250_000_000_000_000_000n });
  });

  test('bitcoin-taproot', async () => {
    const { minted, address, sighash, signature, verified, transaction } = await example('bitcoin-taproot');
    const [hex = ''] = signature?.split(',') ?? [];
    const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
    const { publicKeys } = await network.run('key', 'show', minted as string);
    const outputKey = bytes(publicKeys.SchnorrK256Taproot.slice(2));
    expect(schnorr.verify(bytes(hex), bytes(sighash as string), outputKey)).toBe(true);
    expect(verified).toContain('noble says valid');
    expect(address).toMatch(/^tb1p[0-9a-z]{58}$/);
    // The witness is the signature, of 64 bytes, and the script pays to the key.
    expect(transaction).toContain(`0140${hex}`);
    expect(transaction).toContain(`5120${publicKeys.SchnorrK256Taproot.slice(2)}`);
  });

  test('solana-message', async () => {
    const { address, message, signature, verified, transaction } = await example('solana-message');
    expect(address).toMatch(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/);
    expect(message).toMatch(/^150 bytes/);
    expect(signature).toMatch(/^[1-9A-HJ-NP-Za-km-z]{64,88}, by nodes \d, \d, \d$/);
    expect(verified).toBe('OpenSSL says valid');
    expect(Buffer.from(transaction as string, 'base64')).toHaveLength(1 + 64 + 150);
  });

  test('actions', async () => {
    const withPrograms = new TestNetwork('example-actions');
    onTestFinished(() => withPrograms.end());
    const port = `${await freePort()}`;
    await withPrograms.up('--allow-host', `127.0.0.1:${port}`);
    const shown = await example('actions', { KEYMESH_DIR: withPrograms.directory, KEYMESH_EXAMPLE_PORT: port });
    expect(shown).toMatchObject({
      weather: '21 °C, signed; 35 °C is not mild',
      oracle: expect.stringMatching(/^1000[012] cents on chain; a forged price is refused$/),
      secret: 'the service answers 200',
      conditional: 'signed for a rich wallet, refused for a poor one',
      wasm: '20 + 22 = 42',
      child: 'child of 1, asked for tea',
      send: 'success, from the key',
    });
  });
});

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
