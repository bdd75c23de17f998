import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as node from '../src/backends/node.ts';
import * as portable from '../src/backends/portable.ts';
import { encrypt } from '../src/index.ts';
import { dealKeys } from './testnet/dealer.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

describe('backends', () => {
  test('browsers have mcl and noble', async () => {
    expect((await portable.loadBls()).name).toBe('mcl');
    const curves = await portable.loadCurves();
    expect(new Set(Object.values(curves).map(({ backend }) => backend))).toEqual(new Set(['noble']));
  });

  test('Node has the native ones, or what is portable', async () => {
    expect((await node.loadBls()).name).toMatch(/^(?:blst\+)?mcl$/);
    const { secp256k1, ed25519 } = await node.loadCurves();
    expect(['libsecp256k1', 'noble']).toContain(secp256k1.backend);
    expect(['libsodium', 'noble']).toContain(ed25519.backend);
  });

  test('without WebAssembly there is noble', () => {
    const script = `
      // Both before: Node itself needs WebAssembly to read TypeScript.
      await import('@keymesh/threshold/bls-mcl');
      const { loadBls } = await import('./src/backends/portable.ts');
      delete globalThis.WebAssembly;
      process.stdout.write((await loadBls()).name);`;
    const args = ['--conditions=keymesh:source', '--input-type=module', '-e', script];
    expect(execFileSync('node', args, { cwd: PACKAGE, encoding: 'utf8' })).toBe('noble');
  });

  test('all encrypt to the same network', async () => {
    const publicKeys = dealKeys(4, 3, 'backends').publicKeyPackage;
    const platform = { random: (length: number) => crypto.getRandomValues(new Uint8Array(length)) } as never;
    const accessControlConditions = [
      {
        ...{ contractAddress: '', standardContractType: 'timestamp' as const, chain: 'ethereum' },
        ...{ method: 'eth_getBlockByNumber', parameters: ['latest'] },
        returnValueTest: { comparator: '>=' as const, value: '0' },
      },
    ];
    for (const load of [portable.loadBls, node.loadBls]) {
      const bls = await load();
      const encrypted = await encrypt({ bls, publicKeys, platform }, { accessControlConditions, data: 'x' });
      expect(encrypted.dataToEncryptHash).toMatch(/^[0-9a-f]{64}$/);
    }
  });
});
