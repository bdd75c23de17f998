import { createPublicKey, verify } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { type BuildOptions, build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { CONTRACTS, RPC_URL } from './testnet/chain.ts';
import { OWNER, Testnet, testBackends } from './testnet/testnet.ts';

const ENTRY = fileURLToPath(new URL('../src/index.ts', import.meta.url));
const OPTIONS = {
  ...{ entryPoints: [ENTRY], bundle: true, platform: 'browser', conditions: ['keymesh:source'] },
  ...{ minify: true, write: false, logLevel: 'silent' },
} as const satisfies BuildOptions;

/** What every browser has of its own, and nothing of Node's: no `Buffer`, no `process`, no `require`. */
const WEB_APIS = [
  'AbortController AbortSignal DOMException Headers Request Response ReadableStream TextDecoder TextEncoder URL atob btoa',
  'clearTimeout setTimeout crypto console performance',
].flatMap((names) => names.split(' '));

describe('the bundle for browsers', () => {
  test('reaches no module of Node and no native module', async () => {
    const { metafile } = await build({ ...OPTIONS, format: 'esm', splitting: true, outdir: 'out', metafile: true });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.length).toBeGreaterThan(100);
    expect(
      inputs.filter((path) => /\/native\/|@chainsafe|sodium|node_modules\/secp256k1|backends\/node/.test(path)),
    ).toEqual([]);
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ external }) => external)).toEqual([]);
  });

  test('keeps WebAssembly in a chunk of its own', async () => {
    const { metafile } = await build({ ...OPTIONS, format: 'esm', splitting: true, outdir: 'out', metafile: true });
    const withMcl = Object.values(metafile.outputs).filter(({ inputs }) =>
      Object.keys(inputs).some((path) => path.includes('node_modules/mcl-wasm/')),
    );
    expect(withMcl).toHaveLength(1);
    expect(withMcl[0]?.entryPoint ?? '').not.toBe(ENTRY);
  });

  test('connects, signs, encrypts and decrypts where there are Web APIs only', async () => {
    const { outputFiles } = await build({ ...OPTIONS, format: 'iife', globalName: 'keymesh', outdir: 'out' });
    const testnet = new Testnet(4, await testBackends());
    const tools = { fetch: testnet.fetch, wallet: OWNER, tokenId: testnet.tokenId, rpcUrl: RPC_URL };
    const apis = Object.fromEntries(WEB_APIS.map((name) => [name, globalThis[name as keyof typeof globalThis]]));
    const page = createContext({ ...apis, ...tools, directory: CONTRACTS.Directory });
    runInContext('globalThis.self = globalThis.window = globalThis;', page);
    runInContext(outputFiles[0]!.text, page);
    const result = await (runInContext(`(${inPage})()`, page) as ReturnType<typeof inPage>);
    expect(result).toMatchObject({ backend: 'mcl', text: 'hidden', globals: 'undefined undefined undefined' });
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(result.publicKey)]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from([1, 2, 3]), key, Buffer.from(result.signature))).toBe(true);
  });
});

/** Runs in the page: it sees the bundle and the page's globals only. */
async function inPage() {
  const page = globalThis as unknown as {
    readonly keymesh: typeof import('../src/index.ts');
    readonly rpcUrl: string;
    readonly directory: string;
    readonly tokenId: string;
    readonly wallet: Parameters<typeof import('../src/index.ts').createSession>[1]['wallet'];
  };
  const { connect, createSession, allowSigning, allowDecryption, sign, encrypt, decrypt } = page.keymesh;
  const network = await connect({ rpcUrl: page.rpcUrl, directory: page.directory });
  const capabilities = [allowSigning(page.tokenId), allowDecryption()];
  const session = await createSession(network, { wallet: page.wallet, capabilities });
  const message = Uint8Array.of(1, 2, 3);
  const signed = await sign(network, { session, key: page.tokenId, scheme: 'SchnorrEd25519Sha512', message });
  const accessControlConditions = [
    {
      ...{ contractAddress: '', standardContractType: '' as const, chain: 'ethereum', method: 'eth_getBalance' },
      ...{ parameters: [':userAddress'], returnValueTest: { comparator: '>' as const, value: '0' } },
    },
  ];
  const encrypted = await encrypt(network, { accessControlConditions, data: 'hidden' });
  const { data } = await decrypt(network, { ...encrypted, session });
  const names = ['process', 'Buffer', 'require'] as const;
  return {
    backend: network.bls.name,
    signature: [...signed.signature],
    publicKey: [...signed.publicKey],
    text: new TextDecoder().decode(data),
    globals: names.map((name) => typeof (globalThis as Record<string, unknown>)[name]).join(' '),
  };
}
