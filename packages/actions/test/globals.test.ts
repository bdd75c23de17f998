import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Programs } from './program-under-test.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const TYPES = join(import.meta.dirname, '../types/globals.d.ts');
let folder: string;
let programs: Programs;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keymesh-globals-'));
  programs = new Programs();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await programs.stop();
});

/** What the compiler says of a program. */
function complaintsAbout(source: string): string {
  writeFileSync(join(folder, 'program.js'), source);
  const compilerOptions = {
    checkJs: true,
    noEmit: true,
    strict: true,
    lib: ['ES2024', 'DOM'],
    types: [],
    module: 'nodenext',
  };
  const paths = {
    ethers: [join(REPOSITORY, 'node_modules/ethers')],
    viem: [join(REPOSITORY, 'node_modules/viem')],
    'viem/accounts': [join(REPOSITORY, 'node_modules/viem/accounts')],
  };
  const config = { compilerOptions: { ...compilerOptions, skipLibCheck: true, paths }, files: ['program.js', TYPES] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  try {
    execFileSync(join(REPOSITORY, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    return '';
  } catch (thrown) {
    return (thrown as { stdout: string }).stdout;
  }
}

it('the types name exactly what a program finds', async () => {
  const found = (await programs.logsOf('console.log(Object.keys(Lit.Actions).sort().join())')).split(',');
  const text = readFileSync(TYPES, 'utf8');
  const api = text.slice(text.indexOf('interface LitActionsApi'));
  const declared = [...api.matchAll(/^ {4}(\w+)\(/gm)].map(([, name]) => name);
  expect(declared.sort()).toEqual(found);
});

it('the types take right calls and refuse wrong ones', () => {
  const right = `(async () => {
    const toSign = ethers.utils.arrayify(ethers.utils.id('x'));
    const done = await Lit.Actions.signEcdsa({ toSign, publicKey: jsParams.key, sigName: 'a' });
    const values = await LitActions.broadcastAndCollect({ name: 'n', value: done });
    const token = jwt.sign({ wei: String(viem.parseEther('1')) }, 'secret', { algorithm: 'HS256' });
    const account = viem.accounts.privateKeyToAccount(viem.keccak256(viem.toHex(token)));
    await Lit.Actions.checkConditions({ conditions: [], authSig: jsParams.authSig, chain: account.address });
    Lit.Actions.setResponse({ response: values.join() + LitAuth.actionIpfsIdStack[0] });
  })();`;
  expect(complaintsAbout(right)).toBe('');
  expect(complaintsAbout('Lit.Actions.setResponse({ response: 1 });')).toContain(
    "Type 'number' is not assignable to type 'string'",
  );
  expect(
    complaintsAbout("Lit.Actions.sign({ toSign: [1], publicKey: '', sigName: '', signingScheme: 'Rot13' });"),
  ).toContain('Rot13');
  expect(complaintsAbout('Lit.Actions.nothing();')).toContain('nothing');
});
