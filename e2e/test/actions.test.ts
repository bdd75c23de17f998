import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '@keymesh/cli/local-network';
import { pkpPermissionsAbi } from '@keymesh/contracts';
import {
  type ActionClaim,
  type ActionFailure,
  allowDecryption,
  allowExecution,
  allowSigning,
  cidOf,
  claimableKey,
  connect,
  createSession,
  encrypt,
  executeAction,
  type MintedKey,
  mint,
  mintClaimed,
  type Network,
  permitAction,
  revokeAction,
  type SchemeName,
  type Session,
  sign,
} from '@keymesh/sdk';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { createWalletClient, type Hex, hashMessage, http, keccak256, recoverAddress, toBytes } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { waitForTransactionReceipt } from 'viem/actions';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { debugReplay } from '../harness/debugger.ts';
import { keymesh, keymeshFailure } from '../harness/keymesh.ts';
import { PreparedNetwork } from '../harness/prepared-network.ts';
import { ALICE, DEVELOPER } from '../verifiers/chain.ts';

const RUN_TIME_MS_MAX = 3_000;
const network = new PreparedNetwork('actions');
let weather: Server;
let temperature = 18;
let sdk: Network;
let owner: Session;
let stranger: Session;
let key: MintedKey;

const walletOf = (privateKey: Hex) =>
  createWalletClient({ account: privateKeyToAccount(privateKey), transport: http(network.file.rpcUrl) });
const sessionOf = (privateKey: Hex, capabilities: Parameters<typeof createSession>[1]['capabilities']) =>
  createSession(sdk, { wallet: privateKeyToAccount(privateKey), capabilities });
const weatherUrl = () => `http://127.0.0.1:${(weather.address() as AddressInfo).port}/`;
const inAsync = (body: string): string => `(async () => { ${body} })()`;
const run = (code: string, jsParams: Readonly<Record<string, unknown>> = {}, session = owner) =>
  executeAction(sdk, { session, code, jsParams });
const failure = (running: Promise<unknown>): Promise<ActionFailure> =>
  running.then(
    () => Promise.reject(new TypeError('it ended well')),
    (error: ActionFailure) => error,
  );

beforeAll(async () => {
  weather = createServer((_request, response) => response.end(JSON.stringify({ temperature })));
  await new Promise<void>((resolve) => weather.listen(0, '127.0.0.1', resolve));
  const allowedHosts = [new URL(weatherUrl()).host];
  const limits = { runTimeMsMax: RUN_TIME_MS_MAX };
  await network.prepare({ actions: { walls: 'optional', sandboxes: 1, allowedHosts, limits, recordings: true } });
  await network.start(1, 2, 3, 4);
  await network.untilReady([1, 2, 3, 4]);
  sdk = await connect({ rpcUrl: network.file.rpcUrl, directory: network.file.contracts.Directory });
  key = await mint(sdk, { walletClient: walletOf(DEVELOPER) });
  owner = await sessionOf(DEVELOPER, [allowExecution(), allowSigning('*'), allowDecryption()]);
  stranger = await sessionOf(ALICE, [allowExecution()]);
});
afterAll(() => {
  network.end();
  weather.close();
});

const SIGN_WHEN_MILD = inAsync(`
  const { temperature } = await (await fetch(url)).json();
  if (temperature < 10 || temperature > 30) return Lit.Actions.setResponse({ response: 'too cold or too hot' });
  const toSign = ethers.utils.arrayify(ethers.utils.hashMessage('mild: ' + temperature));
  await Lit.Actions.signEcdsa({ toSign, publicKey, sigName: 'weather' });
  Lit.Actions.setResponse({ response: String(temperature) });
`);

describe('an action', () => {
  test('signs what it fetched when it is in range, and says why else', async () => {
    temperature = 18;
    const mild = await run(SIGN_WHEN_MILD, { url: weatherUrl(), publicKey: key.publicKey });
    expect(mild.response).toBe('18');
    const { signature, recoveryId, message } = mild.signatures.weather ?? {};
    expect(`0x${Buffer.from(message ?? []).toString('hex')}`).toBe(hashMessage('mild: 18'));
    const v = (27 + (recoveryId ?? 9)).toString(16);
    const compact = Buffer.from(signature ?? []).toString('hex');
    expect(await recoverAddress({ hash: hashMessage('mild: 18'), signature: `0x${compact}${v}` })).toBe(key.address);
    temperature = 40;
    const hot = await run(SIGN_WHEN_MILD, { url: weatherUrl(), publicKey: key.publicKey });
    expect([hot.response, hot.signatures]).toEqual(['too cold or too hot', {}]);
  });

  test('signs with every kind of scheme, by verifiers that know nothing of us', async () => {
    const schemes = ['EcdsaK256Sha256', 'EcdsaP256Sha256', 'SchnorrEd25519Sha512', 'SchnorrK256Taproot', 'Bls12381'];
    const { signatures } = await run(
      inAsync(`
        const toSign = new Uint8Array(32).fill(7);
        for (const signingScheme of schemes) await Lit.Actions.sign({ toSign, publicKey, sigName: signingScheme, signingScheme });
      `),
      { schemes, publicKey: key.publicKey },
    );
    expect(Object.keys(signatures)).toEqual(schemes);
    const message = new Uint8Array(32).fill(7);
    const verifiers: Record<string, (signature: Uint8Array, key: Uint8Array) => boolean> = {
      EcdsaK256Sha256: (signature, of) => secp256k1.verify(signature, message, of, { prehash: false }),
      EcdsaP256Sha256: (signature, of) => p256.verify(signature, message, of, { prehash: false }),
      SchnorrEd25519Sha512: (signature, of) => ed25519.verify(signature, message, of),
      SchnorrK256Taproot: (signature, of) => schnorr.verify(signature, sha256(message), of),
    };
    for (const [scheme, isGood] of Object.entries(verifiers)) {
      const made = signatures[scheme];
      const { publicKey } = await sign(sdk, { session: owner, key, scheme: scheme as SchemeName, message });
      expect(made?.publicKey).toEqual(publicKey);
      expect(isGood(made?.signature as Uint8Array, publicKey), scheme).toBe(true);
    }
    // BLS signatures are unique: the network's own for this account and message is the same.
    const bls = await sign(sdk, { session: owner, key, scheme: 'Bls12381', message });
    expect(signatures.Bls12381?.signature).toEqual(bls.signature);
  });

  test('signs with a key for anybody only while the key’s owner permits that very program', async () => {
    const program = inAsync(`
      const toSign = ethers.utils.arrayify(ethers.utils.id('only this'));
      await Lit.Actions.signEcdsa({ toSign, publicKey: '${key.publicKey}', sigName: 's' });
    `);
    const refused = await failure(run(program, {}, stranger));
    expect(refused).toMatchObject({
      code: 'sdk/action-failed',
      reason: { details: { thrown: 'session/capability-missing' } },
    });
    // Nodes remember what the chain says for a second.
    const aMoment = () => new Promise((resolve) => setTimeout(resolve, 1_100));
    const permission = { walletClient: walletOf(DEVELOPER), key: key.tokenId, ipfsId: cidOf(program) };
    await permitAction(sdk, permission);
    await aMoment();
    expect(Object.keys((await run(program, {}, stranger)).signatures)).toEqual(['s']);
    expect((await failure(run(`${program} `, {}, stranger))).code).toBe('sdk/action-failed');
    const parent = inAsync(`await Lit.Actions.call({ ipfsId: '${cidOf(program)}', params: {} })`);
    writeFileSync(network.path('child.js'), program);
    await network.run('action', 'publish', network.path('child.js'));
    expect(Object.keys((await run(parent, {}, stranger)).signatures)).toEqual(['s']);
    await revokeAction(sdk, permission);
    await aMoment();
    expect((await failure(run(program, {}, stranger))).code).toBe('sdk/action-failed');
  });

  test('keeps a secret that only it can read, whoever runs it', async () => {
    const program = inAsync(`
      const plain = await Lit.Actions.decryptAndCombine({ ...sealed, authSig: null, chain: 'ethereum' });
      Lit.Actions.setResponse({ response: 'a secret of ' + plain.length });
    `);
    const condition = {
      ...{ contractAddress: '', standardContractType: '', chain: 'ethereum', method: '' },
      ...{ parameters: [':currentActionIpfsId'], returnValueTest: { comparator: '=', value: cidOf(program) } },
    } as const;
    const sealed = await encrypt(sdk, { accessControlConditions: [condition] as never, data: 'api-key-1234' });
    expect((await run(program, { sealed }, stranger)).response).toBe('a secret of 12');
    const single = program.replace('decryptAndCombine', 'decryptToSingleNode');
    const forSingle = [{ ...condition, returnValueTest: { comparator: '=', value: cidOf(single) } }];
    const toOne = await encrypt(sdk, { accessControlConditions: forSingle as never, data: 'api-key-1234' });
    const alone = await run(single, { sealed: toOne }, stranger);
    expect(alone.nodes.map(({ response }) => response).sort()).toEqual([
      'a secret of 0',
      'a secret of 0',
      'a secret of 12',
    ]);
    const thief = program.replace("'a secret of ' + plain.length", 'plain');
    const denied = await failure(run(thief, { sealed }, owner));
    expect(denied.reason.details).toMatchObject({ thrown: 'conditions/denied' });
    expect(JSON.stringify(denied.nodes)).not.toContain('api-key');
  });

  test('agrees with the other nodes: one list for all, one node for what is done once', async () => {
    const { response, nodes } = await run(
      inAsync(`
        const values = await Lit.Actions.broadcastAndCollect({ name: 'price', value: String(100 + Math.random()) });
        const median = values.map(Number).sort((a, b) => a - b)[Math.floor(values.length / 2)];
        const once = await Lit.Actions.runOnce({ waitForResponse: true, name: 'block' }, async () => {
          const provider = new ethers.providers.JsonRpcProvider(await Lit.Actions.getRpcUrl({ chain: 'localchain' }));
          return String(await provider.getBlockNumber()) + '/' + Math.random();
        });
        Lit.Actions.setResponse({ response: JSON.stringify([values.length, median, once]) });
      `),
    );
    expect(new Set(nodes.map((node) => node.response)).size).toBe(1);
    expect(JSON.parse(response)).toEqual([3, expect.any(Number), expect.any(String)]);
  });

  test('has whole signatures in hand: of a key, and its own, which anybody can verify', async () => {
    const program = inAsync(`
      const toSign = ethers.utils.arrayify(ethers.utils.id('whole'));
      const text = await Lit.Actions.signAndCombineEcdsa({ toSign, publicKey, sigName: 'whole' });
      const { r, s, v } = JSON.parse(text);
      const signer = ethers.utils.recoverAddress(toSign, { r: '0x' + r.substring(2), s: '0x' + s, v });
      const schemes = ['EcdsaK256Sha256', 'EcdsaP384Sha384', 'SchnorrEd25519Sha512', 'Bls12381'];
      const own = [];
      for (const signingScheme of schemes) {
        const message = signingScheme === 'EcdsaP384Sha384' ? new Uint8Array(48).fill(1) : toSign;
        const signOutput = await Lit.Actions.signAsAction({ toSign: message, sigName: signingScheme, signingScheme });
        const check = { signingScheme, actionIpfsCid: Lit.Auth.actionIpfsIdStack[0], toSign: message, signOutput };
        const other = { ...check, actionIpfsCid: 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o' };
        own.push([await Lit.Actions.verifyActionSignature(check), await Lit.Actions.verifyActionSignature(other)]);
      }
      const ed = await Lit.Actions.getActionPublicKey({ signingScheme: schemes[2], actionIpfsCid: Lit.Auth.actionIpfsIdStack[0] });
      const signature = await Lit.Actions.signAsAction({ toSign, sigName: 'again', signingScheme: schemes[2] });
      Lit.Actions.setResponse({ response: JSON.stringify({ signer, own, ed, signature }) });
    `);
    const { response, nodes, signatures } = await run(program, { publicKey: key.publicKey });
    expect([new Set(nodes.map((node) => node.response)).size, signatures]).toEqual([1, {}]);
    const shown = JSON.parse(response) as { signer: string; own: boolean[][]; ed: Hex; signature: Hex };
    expect(shown.signer).toBe(key.address);
    expect(shown.own).toEqual(Array(4).fill([true, false]));
    const bytes = (hex: Hex): Uint8Array => new Uint8Array(Buffer.from(hex.slice(2), 'hex'));
    expect(ed25519.verify(bytes(shown.signature), bytes(keccak256(toBytes('whole'))), bytes(shown.ed))).toBe(true);
  });

  test('that goes different ways on different nodes is told so, at once', async () => {
    const started = performance.now();
    const different = 'const toSign = crypto.getRandomValues(new Uint8Array(32));';
    const signing = inAsync(`${different} await Lit.Actions.signEcdsa({ toSign, publicKey, sigName: 's' })`);
    const error = await failure(run(signing, { publicKey: key.publicKey }));
    expect(error.reason.details).toMatchObject({ thrown: 'actions/diverged' });
    expect(error.message).toContain('step/sign s/0');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('is heard while it runs', async () => {
    const told: { readonly party: number; readonly text: string; readonly atMs: number }[] = [];
    const started = performance.now();
    const onLogs = ({ party }: { readonly party: number }, text: string): void => {
      told.push({ party, text, atMs: performance.now() - started });
    };
    const source = inAsync(`
      console.log('begins');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      console.log('ends');
    `);
    await executeAction(sdk, { session: owner, code: source, onLogs });
    const endedMs = performance.now() - started;
    const begins = told.filter(({ text }) => text.includes('begins'));
    expect(begins.map(({ party }) => party).sort()).toEqual([1, 2, 3]);
    for (const { text, atMs } of begins) expect([text, atMs < endedMs - 700]).toEqual(['begins\n', true]);
    const ends = told.filter(({ text }) => text.includes('ends'));
    expect(ends.map(({ text }) => text)).toEqual(['ends\n', 'ends\n', 'ends\n']);
  });

  test('is shown where its ways part', async () => {
    const odd = inAsync(`
      const mine = crypto.getRandomValues(new Uint8Array(4)).toString();
      const all = await Lit.Actions.broadcastAndCollect({ name: 'mine', value: mine });
      if (all.indexOf(mine) === 1) return;
      await Lit.Actions.broadcastAndCollect({ name: 'others', value: '' });
    `);
    const error = await failure(run(odd));
    expect(error.hint).toContain(
      'part at step 2: nodes 1, 3 at "broadcastAndCollect others"; node 2 does nothing more.',
    );
  });

  test('reaches neither nodes nor the machine, and what it does there ends with it', async () => {
    const { url } = network.node(1);
    for (const target of [
      url,
      `${url}/metrics`,
      network.file.rpcUrl.replace('127.0.0.1', 'localhost'),
      'http://169.254.169.254/',
    ]) {
      const error = await failure(run(inAsync('await fetch(target)'), { target }));
      expect(error.reason.details).toMatchObject({ thrown: 'actions/fetch-refused' });
    }
    const hostile = [
      'for (;;) {}',
      'const a = []; for (;;) a.push(new Array(1e4).fill(0.5))',
      'for (;;) console.log("x".repeat(1e3))',
    ];
    const running = Promise.all(hostile.map((code) => failure(run(code))));
    const message = new Uint8Array(32).fill(9);
    for (let i = 0; i < 5; i++) await sign(sdk, { session: owner, key, scheme: 'EcdsaK256Sha256', message });
    for (const error of await running) expect(error.reason.code).toMatch(/^actions\/(limit-exceeded|no-result)$/);
    expect((await run('Lit.Actions.setResponse({ response: "fine" })')).response).toBe('fine');
  });

  test('is refused to a session that may not run it', async () => {
    const signing = await sessionOf(DEVELOPER, [allowSigning(key.tokenId)]);
    await expect(run('', {}, signing)).rejects.toMatchObject({ code: 'session/capability-missing' });
    const one = await sessionOf(DEVELOPER, [allowExecution(cidOf('1'))]);
    expect((await run('1', {}, one)).response).toBe('');
    await expect(run('2', {}, one)).rejects.toMatchObject({ code: 'session/capability-missing' });
  });

  test('runs from the command line, by file and by CID, and its failures say where', async () => {
    const hello = network.path('hello.js');
    writeFileSync(
      hello,
      'console.log("to", jsParams.name);\nLit.Actions.setResponse({ response: "Hello " + jsParams.name });',
    );
    const { cid } = await network.run('action', 'publish', hello);
    expect(readdirSync(network.path('node-1', 'data', 'programs'))).toContain(cid);
    for (const program of [hello, cid]) {
      const shown = await network.run('action', 'run', program, '--params', '{"name":"Ada"}');
      expect(shown).toMatchObject({ cid, response: 'Hello Ada', logs: 'to Ada\n' });
      expect(shown.nodes).toHaveLength(3);
    }
    const claims = 'Lit.Actions.claimKey({ keyId: "mine" })';
    writeFileSync(hello, claims);
    const { minted } = await network.run('action', 'run', hello, '--mint-claims');
    expect(minted.mine.address).toBe(claimableKey(sdk, { ipfsId: cidOf(claims), keyId: 'mine' }).address);
    expect((await network.run('action', 'run', hello, '--mint-claims')).minted).toEqual({});
    writeFileSync(hello, '\n  nowhere()');
    const { error, exitCode } = await network.fail('action', 'run', hello);
    expect([exitCode, error.code]).toEqual([1, 'sdk/action-failed']);
    expect(error.message).toContain('at <user_provided_script>:2:3');
    expect((await network.fail('action', 'run', 'QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o')).error.code).toBe(
      'actions/unknown-program',
    );
    const { nodes } = await network.run('status');
    for (const { walls } of nodes) expect(walls).toContain('deno');
  });

  test('has a key of its own for ever when it is bound to it, and nobody else does', async () => {
    const code = inAsync(`
      const toSign = new Uint8Array(32).fill(7);
      await Lit.Actions.signEcdsa({ toSign, publicKey: jsParams.publicKey, sigName: 'a' });`);
    const bound = await mint(sdk, { walletClient: walletOf(DEVELOPER), boundTo: cidOf(code) });
    const { signatures } = await run(code, { publicKey: bound.publicKey }, stranger);
    const { signature = new Uint8Array(0), publicKey = new Uint8Array(0) } = signatures.a ?? {};
    expect(secp256k1.verify(signature, new Uint8Array(32).fill(7), publicKey, { prehash: false })).toBe(true);
    const other = await failure(run(`${code}//`, { publicKey: bound.publicKey }));
    expect(other.reason.code).toBe('actions/script-error');
    await expect(
      sign(sdk, { session: owner, key: bound, scheme: 'EcdsaK256Sha256', message: new Uint8Array(32) }),
    ).rejects.toMatchObject({ code: 'permissions/denied' });
    await expect(
      permitAction(sdk, { walletClient: walletOf(DEVELOPER), key: bound, ipfsId: cidOf('x') }),
    ).rejects.toMatchObject({ code: 'sdk/chain-refused' });
  });

  test('signs only texts where it is permitted only those', async () => {
    const code = inAsync(`
      if (jsParams.text) {
        await Lit.Actions.ethPersonalSignMessageEcdsa({ message: jsParams.text, publicKey: jsParams.publicKey, sigName: 'a' });
      } else {
        const toSign = new Uint8Array(32).fill(7);
        await Lit.Actions.signEcdsa({ toSign, publicKey: jsParams.publicKey, sigName: 'a' });
      }`);
    const mine = await mint(sdk, { walletClient: walletOf(DEVELOPER) });
    await permitAction(sdk, {
      ...{ walletClient: walletOf(DEVELOPER), key: mine, ipfsId: cidOf(code), scope: 'personal' },
    });
    const { signatures } = await run(code, { publicKey: mine.publicKey, text: 'hello' }, stranger);
    expect(`0x${Buffer.from(signatures.a?.message ?? []).toString('hex')}`).toBe(hashMessage('hello'));
    const refused = await failure(run(code, { publicKey: mine.publicKey }, stranger));
    expect(refused.reason.details).toMatchObject({ thrown: 'session/capability-missing' });
  });

  test('claims keys for whoever runs it, whose address is known before, and which then sign', async () => {
    const code = inAsync("Lit.Actions.claimKey({ keyId: 'foo' }); Lit.Actions.claimKey({ keyId: 'bar' });");
    const before = claimableKey(sdk, { ipfsId: cidOf(code), keyId: 'foo' });
    const { claims } = await run(code);
    expect(Object.keys(claims).sort()).toEqual(['bar', 'foo']);
    const claim = claims.foo as ActionClaim;
    expect(`0x${claim.derivedKeyId}`).toBe(keccak256(toBytes(`${cidOf(code)}_foo`)));
    expect(claim.signatures).toHaveLength(3);
    // Not by a wallet that the program did not claim it for, whatever contract it asks.
    await expect(mintClaimed(sdk, { walletClient: walletOf(ALICE), claim })).rejects.toMatchObject({
      code: 'sdk/invalid-argument',
    });
    const stolen = { ...claim, claimer: privateKeyToAccount(ALICE).address };
    await expect(mintClaimed(sdk, { walletClient: walletOf(ALICE), claim: stolen })).rejects.toMatchObject({
      details: { revert: 'InvalidClaimSignature' },
    });
    const minted = await mintClaimed(sdk, { walletClient: walletOf(DEVELOPER), claim });
    expect([minted.address, minted.tokenId]).toEqual([before.address, before.tokenId]);
    await expect(mintClaimed(sdk, { walletClient: walletOf(DEVELOPER), claim })).rejects.toMatchObject({
      details: { revert: 'KeyAlreadyRegistered' },
    });
    const message = new Uint8Array(32).fill(5);
    const { signature } = await sign(sdk, { session: owner, key: minted, scheme: 'EcdsaK256Sha256', message });
    expect(
      secp256k1.verify(signature, message, Buffer.from(before.publicKey.slice(2), 'hex'), { prehash: false }),
    ).toBe(true);
  });

  test('reads the logins of a key', async () => {
    const login = { authMethodType: 6n, id: '0x0102', userPubkey: '0x' } as const;
    const wallet = walletOf(DEVELOPER);
    const hash = await wallet.writeContract({
      ...{ address: sdk.contracts.PKPPermissions, abi: pkpPermissionsAbi, functionName: 'addPermittedAuthMethod' },
      ...{ args: [BigInt(key.tokenId), login, [1n]], chain: null },
    } as const);
    await waitForTransactionReceipt(sdk.chain, { hash });
    const { response } = await run(
      inAsync(`
        const of = { tokenId, authMethodType: 6, userId: Uint8Array.of(1, 2) };
        Lit.Actions.setResponse({ response: JSON.stringify([
          await Lit.Actions.isPermittedAuthMethod(of),
          await Lit.Actions.isPermittedAuthMethod({ ...of, authMethodType: 7 }),
          await Lit.Actions.getPermittedAuthMethods({ tokenId }),
          await Lit.Actions.getPermittedAuthMethodScopes({ ...of, maxScopeId: 3 }),
        ]) });`),
      { tokenId: key.tokenId },
    );
    const listed = [{ auth_method_type: '0x6', id: '0x0102', user_pubkey: '0x' }];
    expect(JSON.parse(response)).toEqual([true, false, listed, [false, true, false]]);
  });

  test('is recorded, repeated bit for bit without the network, compared, and tried with changes', async () => {
    const [program, recording] = [network.path('recorded.js'), network.path('recording.json')];
    const source = inAsync(`
      const { temperature } = await (await fetch(url)).json();
      const values = await Lit.Actions.broadcastAndCollect({ name: 'n', value: String(Math.random()) });
      const toSign = ethers.utils.arrayify(ethers.utils.id(values.join()));
      await Lit.Actions.signEcdsa({ toSign, publicKey, sigName: 'a' });
      if (Number(values[0]) === Math.random()) return;
      Lit.Actions.setResponse({ response: temperature + ' ' + Date.now() });`);
    writeFileSync(program, source);
    const params = JSON.stringify({ url: weatherUrl(), publicKey: key.publicKey });
    const shown = await network.run('action', 'run', program, '--params', params, '--record', recording);
    expect(Object.keys(shown.signatures)).toEqual(['a']);
    for (const { node, response } of shown.nodes) {
      expect(await keymesh(['action', 'replay', recording, '--node', node])).toMatchObject({ same: true, response });
    }
    const different = await keymesh(['action', 'diff', recording]);
    expect(different).toMatchObject({ same: false, first: { kind: 'response' }, second: { kind: 'response' } });
    expect(different.causes[0]).toMatchObject({ first: { kind: 'drew', what: 'Math.random' } });
    writeFileSync(program, source.replace("temperature + ' '", "'changed ' + temperature"));
    const local = await network.run('action', 'run', program, '--local', recording);
    expect(local.response).toMatch(new RegExp(`^changed ${temperature}`));
    const alone = await network.fail('action', 'run', program, '--local', '--params', params);
    expect(alone.error.message).toContain('fetch is refused');
    const changed = JSON.parse(readFileSync(recording, 'utf8'));
    changed.nodes[0].recording.runs[0].events.at(-2).text = 'another response';
    writeFileSync(recording, JSON.stringify(changed));
    const { error } = await keymeshFailure(['action', 'replay', recording]);
    expect([error.code, error.hint]).toEqual(['cli/replay-differs', expect.stringContaining('another response')]);
  });

  test('is stepped through in a debugger', async () => {
    const [program, recording] = [network.path('debugged.js'), network.path('debugged.json')];
    writeFileSync(program, 'const drawn = Math.random();\nconst doubled = 2 * drawn;\nconsole.log(doubled);\n');
    const { nodes } = await network.run('action', 'run', program, '--record', recording);
    const value = await debugReplay(recording, await freePort(), { line: 2, expression: 'doubled' });
    expect(value).toBe(Number(nodes[0].logs));
  });

  test('runs on the others when a node is dead, and not on too few', async () => {
    await network.killNodes(1);
    const { nodes } = await run('Lit.Actions.setResponse({ response: "three" })');
    expect(nodes.map(({ party }) => party)).toEqual([2, 3, 4]);
    await network.killNodes(2);
    await expect(run('1')).rejects.toMatchObject({ code: 'sdk/too-few-nodes' });
  });
});
