import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conditionsFile, timestamp } from '../harness/conditions.ts';
import { keymesh, keymeshFailure, runJson, runKeymesh } from '../harness/keymesh.ts';
import { TestNetwork, useNetwork } from '../harness/network.ts';
import { processesOf } from '../harness/processes.ts';
import { ALICE, addressOf } from '../verifiers/chain.ts';
import { isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

/** Each command and what its help must mention. */
const COMMANDS: readonly (readonly [command: string, ...words: string[]])[] = [
  ['up', '--nodes', '--detach', '--dir', '--json', '--chain'],
  ['status', '--dir', '--json'],
  ['down', '--dir', '--json'],
  ['key mint', '--private-key', 'KEYMESH_PRIVATE_KEY', '--rpc-url', '--directory'],
  ['key list', '--owner'],
  ['key show', 'tokenId'],
  ['sign', '--key', '--scheme', 'SchnorrK256Taproot', '--message', '--message-hex', '--file', '--hash', 'Examples'],
  ['encrypt', '--conditions', '--in', '--out', 'Example'],
  ['decrypt', '--in', '--out'],
  ['demo', '--nodes', '--exit'],
];

const network = useNetwork('command');

describe('help', () => {
  test.each(COMMANDS)('keymesh %s --help', async (command, ...words) => {
    const { code, stdout } = await runKeymesh([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: keymesh ${command}`);
    for (const word of words) expect(stdout).toContain(word);
  });

  test('keymesh --help lists every command, --version the release', async () => {
    const [help, version] = await Promise.all([runKeymesh(['--help']), runKeymesh(['--version'])]);
    for (const [command] of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^ {2}${command.split(' ')[0]} `, 'm'));
    expect(version).toMatchObject({ code: 0, stdout: '0.1.0\n' });
  });
});

describe('wrong usage: exit code 2, one JSON object', () => {
  const EMPTY_DIRECTORY_NEEDED: readonly (readonly string[])[] = [['up', '--nodes', '2']];
  const WRONG: readonly (readonly string[])[] = [
    [],
    ['frobnicate'],
    ['sign'],
    ['sign', '--key', '0x1', '--scheme', 'SchnorrEd25519Sha512', '--mesage', 'typo'],
    ['sign', '--key', '0x1', '--scheme', 'NoSuchScheme', '--message', 'x'],
    ['sign', '--key', '0x1', '--scheme', 'Bls12381'],
    ['sign', '--key', '0x1', '--scheme', 'Bls12381', '--message', 'x', '--message-hex', '00'],
    ['sign', '--key', '0x1', '--scheme', 'Bls12381', '--message-hex', 'xyz'],
    ['sign', '--key', '0x1', '--scheme', 'Bls12381', '--message-hex', '0x123'],
    ['sign', '--key', '0x1', '--scheme', 'EcdsaK256Sha256', '--message', 'x', '--hash', 'md5'],
    ['sign', '--key', '0x1', '--scheme', 'EcdsaP384Sha384', '--message', 'x', '--hash', 'sha256'],
    ['sign', '--key', '0x1', '--scheme', 'SchnorrEd25519Sha512', '--message', 'x', '--hash', 'sha256'],
    ['key'],
    ['key', 'show'],
    ['encrypt'],
    ['up', '--chain', 'nonsense'],
    ['key', 'list', '--rpc-url', 'http://127.0.0.1:1'],
  ];

  test.each([...WRONG, ...EMPTY_DIRECTORY_NEEDED].map((args) => [args]))('keymesh %j', async (args) => {
    const fresh = new TestNetwork('wrong-usage').directory;
    const { exitCode, error } = await keymeshFailure(args, { cwd: fresh });
    expect(error).toMatchObject({ code: 'cli/usage', fault: 'caller' });
    expect(error.message.length).toBeGreaterThan(5);
    expect(error.hint?.length).toBeGreaterThan(5);
    expect(exitCode).toBe(2);
    expect(processesOf(fresh)).toEqual([]);
  });

  test('without --json the reason is on stderr and stdout stays empty', async () => {
    const { code, stdout, stderr } = await runKeymesh([
      'sign',
      '--key',
      '0x1',
      '--scheme',
      'NoSuchScheme',
      '--message',
      'x',
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('NoSuchScheme');
    expect(stderr).toContain('SchnorrEd25519Sha512');
  });
});

describe('failures: exit code 1, one JSON object', () => {
  test.each([['status'], ['down'], ['key mint'], ['key list']])(
    'keymesh %s where there is no network',
    async (command) => {
      const { exitCode, error } = await keymeshFailure([...command.split(' '), '--dir', network.path('nothing-here')]);
      expect(exitCode).toBe(1);
      expect(error).toMatchObject({ code: 'cli/no-network', hint: expect.stringContaining('keymesh up') });
    },
  );

  test('a key that nobody minted, and what is no key at all', async () => {
    const unknown = `0x${randomBytes(32).toString('hex')}`;
    for (const key of [unknown, 'not-a-key', '0x00', `0x04${randomBytes(64).toString('hex')}`]) {
      const { exitCode, error } = await network.fail('sign', '--key', key, '--scheme', 'Bls12381', '--message', 'x');
      expect({ key, exitCode, code: error.code }).toEqual({ key, exitCode: 1, code: 'sdk/unknown-key' });
    }
    expect((await network.fail('key', 'show', unknown)).error.code).toBe('sdk/unknown-key');
  });

  test('files that are missing or hold something else', async () => {
    writeFileSync(network.path('prose.txt'), 'This is no JSON.');
    writeFileSync(network.path('list.json'), '[1, 2, 3]');
    const missing = network.path('missing.json');
    const sign = ['sign', '--key', '0x1', '--scheme', 'Bls12381'];
    for (const args of [
      ['encrypt', '--conditions', missing],
      ['encrypt', '--conditions', network.path('prose.txt')],
      ['decrypt', '--in', missing],
      ['decrypt', '--in', network.path('prose.txt')],
      ['decrypt', '--in', network.path('list.json')],
      [...sign, '--file', missing],
      [...sign, '--file', network.directory],
      [
        'encrypt',
        '--conditions',
        conditionsFile(network, [timestamp('>', 0)]),
        '--out',
        network.path('no/such/folder'),
      ],
    ]) {
      const { exitCode, error } = await network.fail(...args);
      expect({ args, exitCode, code: error.code }).toEqual({ args, exitCode: 1, code: 'cli/file' });
    }
  });

  test('a chain that does not answer, and a directory contract that is none', async () => {
    const { rpcUrl, contracts } = network.file;
    const dead = ['key', 'list', '--rpc-url', 'http://127.0.0.1:1', '--directory', contracts.Directory];
    expect(await network.failWith({ env: { KEYMESH_PRIVATE_KEY: ALICE } }, ...dead)).toMatchObject({
      exitCode: 1,
      error: { code: 'sdk/chain-unreachable', fault: 'environment' },
    });
    const wrong = ['key', 'list', '--rpc-url', rpcUrl, '--directory', addressOf(ALICE)];
    expect(await network.failWith({ env: { KEYMESH_PRIVATE_KEY: ALICE } }, ...wrong)).toMatchObject({
      exitCode: 1,
      error: { code: expect.stringMatching(/^(sdk|contracts)\//) },
    });
  });
});

describe('the caller’s wallet', () => {
  test('is --private-key, before KEYMESH_PRIVATE_KEY, before the development account', async () => {
    const byDefault = await network.run('key', 'mint');
    expect(byDefault.owner).toBe('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266');
    const byEnvironment = await network.runWith({ env: { KEYMESH_PRIVATE_KEY: ALICE } }, 'key', 'list');
    expect(byEnvironment).toEqual({ owner: addressOf(ALICE), keys: [] });
    const other = `0x${randomBytes(32).toString('hex')}` as const;
    for (const spelling of [other, other.slice(2), other.toUpperCase().replace('0X', '0x')]) {
      const byOption = await network.runWith(
        { env: { KEYMESH_PRIVATE_KEY: ALICE } },
        ...['key', 'list', '--private-key', spelling],
      );
      expect(byOption.owner).toBe(addressOf(other));
    }
  });

  test('is never repeated when it cannot be used', async () => {
    const almost = `${randomBytes(32).toString('hex')}f`;
    const zero = '0'.repeat(64);
    for (const [given, secret] of [
      [almost, almost],
      [zero, zero],
      ['a phrase that was meant for another field', 'phrase'],
    ] as const) {
      for (const options of [{ env: { KEYMESH_PRIVATE_KEY: given } }, {}]) {
        const args = ['key', 'mint', '--dir', network.directory];
        const json = await runJson('env' in options ? args : [...args, '--private-key', given], options);
        const text = await runKeymesh('env' in options ? args : [...args, '--private-key', given], options);
        expect(json.value.error).toMatchObject({ code: 'cli/usage', message: 'The private key is not usable.' });
        expect(json.code).toBe(2);
        for (const output of [json.stdout, json.stderr, text.stdout, text.stderr]) expect(output).not.toContain(secret);
      }
    }
  });

  test('that cannot pay is told so when it mints', async () => {
    const poor = `0x${randomBytes(32).toString('hex')}`;
    const { exitCode, error } = await network.fail('key', 'mint', '--private-key', poor);
    expect(exitCode).toBe(1);
    expect(error.code).toBe('sdk/chain-refused');
  });
});

describe('keys', () => {
  test('are listed by owner, in order, and shown with a public key for each scheme', async () => {
    const asAlice = { env: { KEYMESH_PRIVATE_KEY: ALICE } };
    const first = await network.runWith(asAlice, 'key', 'mint');
    const second = await network.runWith(asAlice, 'key', 'mint');
    expect(await network.run('key', 'list', '--owner', addressOf(ALICE).toLowerCase())).toMatchObject({
      keys: [{ tokenId: first.tokenId }, { tokenId: second.tokenId }],
    });
    const shown = await network.run('key', 'show', first.tokenId);
    expect(shown).toMatchObject({ tokenId: first.tokenId, publicKeys: first.publicKeys });
    expect(Object.keys(shown.publicKeys).sort()).toEqual([...SCHEMES].sort());
    const { exitCode } = await network.fail('key', 'list', '--owner', 'nobody');
    expect(exitCode).toBe(1);
  });

  test('serve a client elsewhere that knows only the chain and the directory contract', async () => {
    const elsewhere = network.path('elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    const { rpcUrl, contracts } = network.file;
    const remote = ['--rpc-url', rpcUrl, '--directory', contracts.Directory];
    const env = { KEYMESH_PRIVATE_KEY: ALICE };
    const { tokenId } = await keymesh(['key', 'mint', ...remote], { cwd: elsewhere, env });
    const signed = await keymesh(
      ['sign', '--key', tokenId, '--scheme', 'SchnorrK256Taproot', '--message', 'remote', ...remote],
      { cwd: elsewhere, env },
    );
    expect(isGoodSignature(signed, 'remote', tokenId)).toBe(true);
    const { error } = await keymeshFailure(['key', 'mint', ...remote], { cwd: elsewhere });
    expect(error).toMatchObject({ code: 'cli/usage', hint: expect.stringContaining('KEYMESH_PRIVATE_KEY') });
  });
});

// Last: it ends the network.
describe('up, status and down', () => {
  test('up prints and keeps the endpoints; status tells the same', async () => {
    const { file } = network;
    const status = await network.run('status');
    expect(status).toMatchObject({
      serving: true,
      rpcUrl: file.rpcUrl,
      chainId: file.chainId,
      threshold: 3,
      nodesReady: 4,
      contracts: file.contracts,
      chain: { running: true, reachable: true },
    });
    expect(status.nodes.map((node: { url: string; address: string }) => [node.url, node.address])).toEqual(
      file.nodes.map(({ url, address }) => [url, address]),
    );
  });

  test('up a second time is refused and harms nothing; down ends everything, and twice is fine', async () => {
    expect(await network.fail('up', '--detach')).toMatchObject({
      exitCode: 1,
      error: { code: 'cli/already-running', hint: expect.stringContaining('keymesh down') },
    });
    expect((await network.run('status')).serving).toBe(true);
    expect((await network.down()).stopped).toEqual(['node-1', 'node-2', 'node-3', 'node-4', 'chain']);
    expect(processesOf(network.directory)).toEqual([]);
    expect((await network.down()).stopped).toEqual([]);
    expect(await network.run('status')).toMatchObject({ serving: false, nodesReady: 0, chain: { running: false } });
    const { exitCode, error } = await network.fail('key', 'mint');
    expect(exitCode).toBe(1);
    expect(error.code).toBe('sdk/chain-unreachable');
  });
});
