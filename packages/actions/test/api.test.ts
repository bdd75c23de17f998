import { createCipheriv, generateKeyPairSync, sign } from 'node:crypto';
import { cidOf } from '@keymesh/protocol/cid';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionSigning, ConditionsCaller } from '../src/host.ts';
import { Programs, Rounds } from './program-under-test.ts';
import { serve } from './test-network.ts';

let programs: Programs;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  server = await serve((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ method: request.method, body, type: request.headers['content-type'] }));
    });
  });
  programs = new Programs({ allowedHosts: ['127.0.0.1'] });
});
afterAll(async () => {
  await programs.stop();
  await server.close();
});
const inAsync = (body: string): string => `(async () => { ${body} })()`;
/** A JSON Web Token (RFC 7519), made without the library. */
function tokenOf(header: object, payload: object, signed: (bytes: Uint8Array) => Buffer): string {
  const head = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${head}.${signed(Buffer.from(head)).toString('base64url')}`;
}
const KEY = `0x04${'ab'.repeat(64)}`;

/** The tests that the reference's node ships (action-api.md §2.7). */
describe('a program', () => {
  it('that does nothing ends well', async () => {
    expect(await programs.run('')).toMatchObject({ error: undefined, response: '', logs: '' });
  });

  it('logs', async () => {
    expect(await programs.logsOf('console.log("a", 1, {b: [2]}, null); console.error("c")')).toBe(
      'a 1 { b: [ 2 ] } null\nc',
    );
  });

  it('has a namespace that cannot be replaced', async () => {
    expect(await programs.logsOf('console.log(typeof Lit.Actions.signEcdsa, LitActions === Lit.Actions)')).toBe(
      'function true',
    );
    for (const name of ['Lit', 'LitActions', 'LitAuth', 'ethers', 'viem', 'jwt']) {
      expect(await programs.logsOf(`${name} = {}`)).toMatch(`TypeError: ${name} cannot be reassigned`);
    }
    expect(await programs.logsOf('"use strict"; Lit.Actions.signEcdsa = 1')).toMatch('TypeError');
    expect(await programs.logsOf('"use strict"; Lit.Auth.resources.push(1)')).toMatch('TypeError');
    expect(await programs.logsOf('Lit.Actions.x = 1; console.log(Lit.Actions.x)')).toBe('undefined');
  });

  it('gets its parameters, as one object and as globals that replace nothing', async () => {
    const jsParams = { a: [1, { b: 'c' }], Lit: 'mine', ethers: 'mine', fetch: 'mine' };
    expect(
      await programs.logsOf('console.log(jsParams.a[1].b, a[0], typeof Lit, typeof ethers.utils, typeof fetch)', {
        jsParams,
      }),
    ).toBe('c 1 object object function');
  });

  it('gets headers, and who asks', async () => {
    const source = 'console.log(Lit.Headers.get("X-One"), Lit.Auth.authSigAddress, LitAuth.actionIpfsIdStack.join())';
    const auth = { authSigAddress: '0xAB', authMethodContexts: [], resources: [], customAuthResource: '' };
    expect(await programs.logsOf(source, { headers: [['x-one', 'y']], host: { auth } })).toBe(
      `y 0xAB ${cidOf(source)}`,
    );
  });

  it('sets its response; the last one counts', async () => {
    const source =
      'Lit.Actions.setResponse({response: "1"}); setTimeout(() => Lit.Actions.setResponse({response: "2"}), 20)';
    expect((await programs.run(source)).response).toBe('2');
    expect(await programs.logsOf('Lit.Actions.setResponse({response: {a: 1}})')).toMatch('response must be a string');
  });

  it('awaits what it began', async () => {
    const source = inAsync('await new Promise((r) => setTimeout(r, 50)); await null; console.log("late")');
    expect(await programs.logsOf(source)).toBe('late');
    expect(await programs.logsOf('new Promise(() => {}); console.log("over")')).toBe('over');
  });

  it('fetches', async () => {
    const url = `http://127.0.0.1:${server.port}/`;
    const source = inAsync(`
      const answer = await fetch(${JSON.stringify(url)}, { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'content-type': 'x/y' } });
      const { method, body, type } = await answer.json();
      console.log(answer.ok, answer.status, answer.url, answer.headers.get('content-type'), method, body, type);
      console.log(await (await fetch(new Request(${JSON.stringify(url)}))).text());
    `);
    expect(await programs.logsOf(source)).toBe(
      `true 200 ${url} application/json POST {"a":1} x/y\n{"method":"GET","body":""}`,
    );
    const asBrowser = `await (await fetch(${JSON.stringify(url)}, { mode: 'cors', cache: 'no-cache', credentials: 'same-origin', referrer: 'client' })).text()`;
    expect(await programs.logsOf(inAsync(`console.log(${asBrowser})`))).toMatch('GET');
    expect(await programs.logsOf(inAsync('await fetch("http://10.0.0.1/")'))).toMatch('not of the public internet');
    expect(
      await programs.logsOf(inAsync('try { await fetch("http://127.0.0.1:1/") } catch (e) { console.log(e.name) }')),
    ).toBe('TypeError');
    const aborted = inAsync(
      `const c = new AbortController(); c.abort(); try { await fetch("${url}", {signal: c.signal}) } catch (e) { console.log(e.name) }`,
    );
    expect(await programs.logsOf(aborted)).toBe('AbortError');
  });

  it('signs, and the part goes to the client under its name', async () => {
    const asked: ActionSigning[] = [];
    const host = {
      signPartially: async (signing: ActionSigning) => {
        asked.push(signing);
        const { scheme, message } = signing;
        return { scheme, message, tokenId: 1n, partial: { share: '00' } } as never;
      },
    };
    const source = inAsync(`
      const toSign = ethers.utils.arrayify(ethers.utils.keccak256('0x01'));
      console.log(await Lit.Actions.signEcdsa({ toSign, publicKey: '${KEY}', sigName: 'one' }));
      await LitActions.ethPersonalSignMessageEcdsa({ message: 'hello', publicKey: '${KEY}', sigName: 'two' });
      await LitActions.sign({ toSign: [1, 2], publicKey: '${KEY}', sigName: 'three', signingScheme: 'SchnorrEd25519Sha512' });
      await LitActions.sign({ toSign: [3], publicKey: '${KEY}', sigName: 'three', signingScheme: 'SchnorrEd25519Sha512' });
    `);
    const { error, logs, signatures, used } = await programs.run(source, { host });
    expect([error, logs, [...signatures.keys()]]).toEqual([undefined, 'success\n', ['one', 'two', 'three']]);
    expect(asked.map(({ name }) => name)).toEqual(['one/0', 'two/0', 'three/0', 'three/1']);
    expect(asked[0]).toMatchObject({ key: { publicKey: KEY }, scheme: 'EcdsaK256Sha256', programs: [cidOf(source)] });
    expect(asked[0]?.message).toEqual(keccak_256(Uint8Array.of(1)));
    const prefixed = new TextEncoder().encode('\u0019Ethereum Signed Message:\n5hello');
    expect(asked[1]?.message).toEqual(keccak_256(prefixed));
    expect(signatures.get('three')?.message).toEqual(Uint8Array.of(3));
    expect(used.signaturesMax).toBe(4);
  });

  it('gets whole signatures in the form that authors know', async () => {
    const whole = new Uint8Array(64).map((_, i) => i);
    const asked: ActionSigning[] = [];
    const host = {
      signAndCombine: async (signing: ActionSigning) => {
        asked.push(signing);
        return {
          scheme: signing.scheme,
          signature: whole,
          ...(signing.scheme.startsWith('Ecdsa') ? { recoveryId: 1 } : {}),
        };
      },
      verifyActionSignature: (cid: string, { signature }: { signature: Uint8Array }, message: Uint8Array) =>
        cid === cidOf('x') && signature.length === 64 && message.length === 32,
    };
    const toSign = JSON.stringify(Array(32).fill(1));
    const source = inAsync(`
      const toSign = ${toSign};
      const text = await LitActions.signAndCombineEcdsa({ toSign, publicKey: '${KEY}', sigName: 'a' });
      const parts = JSON.parse(text);
      parts.r = '0x' + parts.r.substring(2);
      parts.s = '0x' + parts.s;
      console.log(text, ethers.utils.joinSignature(parts));
      console.log(await LitActions.signAsAction({ toSign, sigName: 'b', signingScheme: 'SchnorrEd25519Sha512' }));
      const own = await LitActions.signAsAction({ toSign, sigName: 'c', signingScheme: 'EcdsaK256Sha256' });
      const check = { signingScheme: 'EcdsaK256Sha256', actionIpfsCid: '${cidOf('x')}', toSign };
      console.log(await LitActions.verifyActionSignature({ ...check, signOutput: own }));
      console.log(await LitActions.verifyActionSignature({ ...check, signOutput: 'nonsense' }).catch((e) => e.code));
      console.log(await LitActions.signAsAction({ toSign, sigName: 'd', signingScheme: 'Bls12381' }));
    `);
    const hex = Buffer.from(whole).toString('hex');
    const [r, s] = [hex.slice(0, 64), hex.slice(64)];
    expect((await programs.logsOf(source, { host: host as never })).split('\n')).toEqual([
      `{"r":"03${r}","s":"${s}","v":1} 0x${r}${s}1c`,
      `0x${hex}`,
      'true',
      'actions/bad-arguments',
      `0x${hex}`,
    ]);
    expect(asked.map(({ key }) => key)).toEqual([{ publicKey: KEY }, ...Array(3).fill({ own: true })]);
  });

  it('that fails after it signed gives no signature', async () => {
    const host = { signPartially: async () => ({ scheme: 'EcdsaK256Sha256' }) as never };
    const toSign = JSON.stringify(Array(32).fill(1));
    const source = inAsync(
      `await LitActions.signEcdsa({ toSign: ${toSign}, publicKey: '${KEY}', sigName: 'a' }); throw 1`,
    );
    expect((await programs.run(source, { host })).signatures.size).toBe(0);
  });

  it.each([
    [`LitActions.signEcdsa({ toSign: [], publicKey: '${KEY}', sigName: 'a' })`, 'toSign must not be empty'],
    [`LitActions.signEcdsa({ publicKey: '${KEY}', sigName: 'a' })`, 'toSign must not be empty'],
    [`LitActions.signEcdsa({ toSign: [1], publicKey: '', sigName: 'a' })`, 'publicKey must not be blank'],
    [`LitActions.signEcdsa({ toSign: [1], publicKey: '${KEY}', sigName: 'a' })`, 'signs a digest of 32'],
    [`LitActions.sign({ toSign: [1], publicKey: '${KEY}', sigName: 'a', signingScheme: 'Rot13' })`, 'scheme'],
    ["LitActions.call({ ipfsId: 'Qm', params: {} })", 'not a CID'],
  ])('%s says what is wrong', async (call, message) => {
    expect(await programs.logsOf(inAsync(`await ${call}`))).toMatch(message);
  });

  it('asks chains and permissions', async () => {
    const chains = {
      latestNonce: async (chain: string, address: string) => (chain === 'sepolia' && address.length === 42 ? 255 : -1),
      callContract: async (_: string, transaction: string) => `${transaction}00`,
      rpcUrl: (chain: string) => `https://${chain}.example/`,
      isPermittedAddress: async (tokenId: bigint) => tokenId === 5n,
      isPermittedAction: async (tokenId: bigint) => tokenId === 5n,
      getPermittedAddresses: async () => ['0x1'],
      getPermittedActions: async () => ['Qm1'],
      isPermittedAuthMethod: async (_: bigint, { type, id }: { type: bigint; id: string }) =>
        type === 6n && id === '0x0102',
      getPermittedAuthMethods: async () => [{ type: 255n, id: '0x0102', userPubkey: '0x' }],
      getPermittedAuthMethodScopes: async (_: bigint, __: unknown, count: number) =>
        Array.from({ length: count }, (___, scope) => scope === 1),
    };
    const account = `0x${'11'.repeat(20)}`;
    const cid = cidOf('x');
    const source = inAsync(`
      console.log(await LitActions.getLatestNonce({ address: '${account}', chain: 'sepolia' }));
      console.log(await LitActions.callContract({ chain: 'sepolia', txn: '0xc0' }));
      console.log(await LitActions.getRpcUrl({ chain: 'base' }));
      console.log(await LitActions.isPermittedAddress({ tokenId: '0x5', address: '${account}' }));
      console.log(await LitActions.isPermittedAction({ tokenId: '6', ipfsId: '${cid}' }));
      console.log(await LitActions.getPermittedAddresses({ tokenId: 5n }), await LitActions.getPermittedActions({ tokenId: '0x5' }));
      console.log(await LitActions.pubkeyToTokenId({ publicKey: '0x0401' }));
      const login = { tokenId: '0x5', authMethodType: 6, userId: Uint8Array.of(1, 2) };
      console.log(await LitActions.isPermittedAuthMethod(login));
      console.log(await LitActions.isPermittedAuthMethod({ ...login, authMethodType: '0x07', userId: '0x0102' }));
      console.log(JSON.stringify(await LitActions.getPermittedAuthMethods({ tokenId: '0x5' })));
      console.log(JSON.stringify(await LitActions.getPermittedAuthMethodScopes({ ...login, maxScopeId: 3 })));
      console.log((await LitActions.getPermittedAuthMethodScopes(login)).length);
    `);
    const hash = Buffer.from(keccak_256(Uint8Array.of(4, 1))).toString('hex');
    expect((await programs.logsOf(source, { host: { chains } })).split('\n')).toEqual([
      '0xff',
      '0xc000',
      'https://base.example/',
      'true',
      'false',
      '[ "0x1" ] [ "Qm1" ]',
      `0x${hash}`,
      'true',
      'false',
      '[{"auth_method_type":"0xff","id":"0x0102","user_pubkey":"0x"}]',
      '[false,true,false]',
      '100',
    ]);
  });

  it('decrypts AES', async () => {
    const key = Buffer.alloc(32, 7);
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12, 9));
    const body = Buffer.concat([cipher.update('grüße'), cipher.final()]);
    const ciphertext = Buffer.concat([Buffer.alloc(12, 9), body, cipher.getAuthTag()]);
    const source = (bytes: Buffer): string =>
      inAsync(`console.log(await LitActions.aesDecrypt({
        symmetricKey: Uint8Array.from(${JSON.stringify([...key])}), ciphertext: ${JSON.stringify([...bytes])} }))`);
    expect(await programs.logsOf(source(ciphertext))).toBe('grüße');
    ciphertext[15] = (ciphertext[15] as number) ^ 1;
    expect(await programs.logsOf(source(ciphertext))).toMatch('not one that was made with this key');
  });

  it('claims keys, also without waiting', async () => {
    const host = {
      claimKey: async (cid: string, keyId: string) => ({ derivedKeyId: `${cid}/${keyId}`, signature: '0x' }),
    };
    const source = inAsync('Lit.Actions.claimKey({ keyId: "foo" }); await Lit.Actions.claimKey({ keyId: "bar" })');
    const { claims } = await programs.run(source, { host });
    expect([...claims.keys()]).toEqual(['foo', 'bar']);
    expect(claims.get('foo')?.derivedKeyId).toBe(`${cidOf(source)}/foo`);
    expect(await programs.logsOf(inAsync('await Lit.Actions.claimKey({})'), { host })).toMatch(
      'keyId must not be blank',
    );
    const thrown = await programs.run(inAsync('await Lit.Actions.claimKey({ keyId: "foo" }); throw new Error("x")'), {
      host,
    });
    expect(thrown.claims.size).toBe(0);
  });

  it('reads, makes and verifies JSON Web Tokens', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jsParams = {
      rsaPublic: rsa.publicKey.export({ type: 'spki', format: 'pem' }),
      token: tokenOf({ alg: 'RS256' }, { sub: 'alice' }, (bytes) => sign('sha256', bytes, rsa.privateKey)),
      ecPublic: ec.publicKey.export({ type: 'spki', format: 'pem' }),
      ecToken: tokenOf({ alg: 'ES256' }, { sub: 'bob' }, (bytes) =>
        sign('sha256', bytes, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
      ),
    };
    const source = `
      console.log(jwt.decode(token).sub, jwt.decode('nonsense'));
      console.log(jwt.verify(token, rsaPublic).sub, jwt.verify(ecToken, ecPublic).sub);
      const made = jwt.sign({ a: 1 }, 'a secret', { expiresIn: '1h', issuer: 'me' });
      console.log(jwt.verify(made, 'a secret', { issuer: 'me' }).a);
      for (const attempt of [
        () => jwt.verify(token, ecPublic),
        () => jwt.verify(made, 'another'),
        () => jwt.verify(made, 'a secret', { issuer: 'you' }),
        () => jwt.verify(jwt.sign({ a: 1 }, 'a secret', { expiresIn: -1 }), 'a secret'),
        () => jwt.verify(token.replace(/^[^.]*/, btoa('{"alg":"none"}')).replace(/[^.]*$/, ''), rsaPublic),
      ]) try { console.log('passed', attempt()); } catch (error) { console.log(error.name); }
      console.log(typeof process, typeof Buffer, typeof require, typeof Deno);`;
    expect((await programs.logsOf(source, { jsParams })).split('\n')).toEqual([
      ...['alice null', 'alice bob', '1'],
      ...['JsonWebTokenError', 'JsonWebTokenError', 'JsonWebTokenError', 'TokenExpiredError', 'JsonWebTokenError'],
      'undefined undefined undefined undefined',
    ]);
    expect(await programs.logsOf('globalThis["jw" + "t"]')).toMatch('whose text names it');
  });

  it('has viem, whose requests go through its node', async () => {
    const source = inAsync(`
      const account = viem.accounts.privateKeyToAccount('0x' + '11'.repeat(32));
      const signature = await account.signMessage({ message: 'hi' });
      console.log(await viem.verifyMessage({ address: account.address, message: 'hi', signature }));
      console.log(viem.formatEther(viem.parseEther('1.5')), Object.isFrozen(viem));
      const client = viem.createPublicClient({ transport: viem.http('http://127.0.0.1:${server.port}/', { retryCount: 0 }) });
      console.log(await client.request({ method: 'eth_chainId' }).catch((error) => error.name));`);
    const lines = (await programs.logsOf(source)).split('\n');
    expect(lines.slice(0, 2)).toEqual(['true', '1.5 true']);
    // The server is no chain; what counts is that it was reached.
    expect(lines[2]).not.toMatch(/HttpRequestError|TypeError/);
  });

  it('sees the headers of its request', async () => {
    const headers = [['user-agent', 'an app']] as const;
    expect(await programs.logsOf('console.log(Lit.Headers.get("User-Agent"))', { headers })).toBe('an app');
  });

  it('encrypts, decrypts and checks conditions', async () => {
    const host = {
      checkConditions: async (_: unknown, { authSig }: ConditionsCaller) => authSig?.address ?? 'caller',
      encrypt: (_: readonly unknown[], plaintext: Uint8Array) => ({
        ciphertext: Buffer.from(plaintext).toString('base64'),
        dataToEncryptHash: 'ab'.repeat(32),
      }),
      decrypt: async ({ ciphertext }: { ciphertext: string }, only: boolean) =>
        only ? undefined : new Uint8Array(Buffer.from(ciphertext, 'base64')),
    };
    const source = inAsync(`
      const accessControlConditions = [{}];
      const to_encrypt = new TextEncoder().encode('grüße');
      const sealed = await LitActions.encrypt({ accessControlConditions, to_encrypt });
      console.log(await LitActions.checkConditions({ conditions: [{}], authSig: null, chain: 'ethereum' }));
      const authSig = JSON.stringify({ sig: '0x1', derivedVia: 'web3.eth.personal.sign', signedMessage: 'm', address: '0x2' });
      console.log(await LitActions.checkConditions({ conditions: [{}], authSig, chain: 'ethereum' }));
      console.log(await LitActions.decryptAndCombine({ ...sealed, accessControlConditions, authSig: null, chain: 'ethereum' }));
      console.log(await LitActions.decryptToSingleNode({ ...sealed, accessControlConditions, authSig: null, chain: 'ethereum' }) === '');
    `);
    expect(await programs.logsOf(source, { host: host as never })).toBe('caller\n0x2\ngrüße\ntrue');
  });

  it('that throws an error of its node on keeps its code', async () => {
    const { error } = await programs.run(inAsync('await fetch("http://10.0.0.1/")'));
    expect(error).toMatchObject({ code: 'actions/script-error', details: { thrown: 'actions/fetch-refused' } });
  });

  it('calls another program: same caller, its own sandbox, and at most so deep', async () => {
    const child =
      'Lit.Actions.setResponse({ response: jsParams.n + ":" + Lit.Auth.actionIpfsIdStack.length + typeof secret }); console.log("child")';
    const host = { loadAction: async (cid: string) => (cid === cidOf(child) ? child : self) };
    const parent = inAsync(
      `globalThis.secret = 1; console.log(await LitActions.call({ ipfsId: '${cidOf(child)}', params: { n: 7 } }))`,
    );
    expect(await programs.logsOf(parent, { host })).toBe('child\n7:2undefined');
    const self = inAsync(`await LitActions.call({ ipfsId: '${cidOf('anything')}' })`);
    expect(await programs.logsOf(self, { host })).toMatch('callDepthMax = 5');
    const many = inAsync(`for (;;) await LitActions.call({ ipfsId: '${cidOf(child)}', params: {} })`);
    expect(await programs.logsOf(many, { host, limits: { childrenMax: 3 } })).toMatch('childrenMax = 3');
  });

  it('shares values with the other nodes: all get the same list', async () => {
    const rounds = new Rounds([2, 3, 5]);
    const source = inAsync(`
      const first = await LitActions.broadcastAndCollect({ name: 'n', value: 'v' + Math.random() });
      const second = await LitActions.broadcastAndCollect({ name: 'n', value: '2' });
      console.log(JSON.stringify([first, second]));
    `);
    const logs = await Promise.all(
      [2, 3, 5].map((self) => programs.logsOf(source, { host: { peers: rounds.peersOf(self) } })),
    );
    expect(new Set(logs).size).toBe(1);
    const [first, second] = JSON.parse(logs[0] as string) as string[][];
    expect([new Set(first).size, second]).toEqual([3, ['2', '2', '2']]);
  });

  it('does a thing once, on one node, for all', async () => {
    const run = async (source: string): Promise<string[]> => {
      const rounds = new Rounds([1, 2, 3]);
      return Promise.all([1, 2, 3].map((self) => programs.logsOf(source, { host: { peers: rounds.peersOf(self) } })));
    };
    const once =
      "const r = await LitActions.runOnce({ waitForResponse: true, name: 'x' }, async () => String(Math.random())); console.log(r)";
    expect(new Set(await run(inAsync(once))).size).toBe(1);
    const failing = "console.log(await LitActions.runOnce({ name: 'x' }, async () => { throw new Error('no') }))";
    expect((await run(inAsync(failing))).map((text) => text.split('\n').at(-1))).toEqual(Array(3).fill('[ERROR]'));
    const unawaited =
      "console.log(await LitActions.runOnce({ waitForResponse: false, name: 'x' }, async () => 'mine'))";
    expect((await run(inAsync(unawaited))).sort()).toEqual(['mine', 'undefined', 'undefined']);
  });

  it('turns text into bytes and back', async () => {
    const table = {
      utf8: 'hé',
      hex: '68c3a9',
      base64: 'aMOp',
      base64pad: 'aMOp',
      base64url: 'aMOp',
      base32: 'ndb2s',
      base58btc: 'bR2T',
    };
    const source = Object.entries(table)
      .map(
        ([name, text]) =>
          `console.log(LitActions.uint8arrayToString(LitActions.uint8arrayFromString('${text}', '${name}'), '${name}'))`,
      )
      .join(';');
    expect((await programs.logsOf(source)).split('\n')).toEqual(Object.values(table));
    const padded =
      "console.log(LitActions.uint8arrayToString(new Uint8Array([1]), 'base64'), LitActions.uint8arrayToString(new Uint8Array([1]), 'base64pad'))";
    expect(await programs.logsOf(padded)).toBe('AQ AQ==');
    expect(await programs.logsOf("LitActions.uint8arrayToString(new Uint8Array(1), 'rot13')")).toMatch(
      'Unsupported encoding',
    );
  });

  it('has WebCrypto, WebAssembly, ethers and what the web has', async () => {
    const source = inAsync(`
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a'));
      console.log(ethers.utils.hexlify(new Uint8Array(digest)).slice(0, 10), atob(btoa('x')), new URL('http://a/b').pathname);
      const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
      console.log(new WebAssembly.Instance(module) instanceof WebAssembly.Instance, ethers.version);
      console.log(ethers.Wallet.fromMnemonic('test test test test test test test test test test test junk').address);
    `);
    expect(await programs.logsOf(source)).toBe(
      '0xca978112 x /b\ntrue ethers/5.8.0\n0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
    );
  });

  it.each([
    ['nowhere', 'ReferenceError: nowhere is not defined\n    at <user_provided_script>:1:1'],
    ['\n\n  throw new Error("boom")', 'Error: boom\n    at <user_provided_script>:3:9'],
    ['(async () => { throw new TypeError("late") })()', 'TypeError: late\n    at <user_provided_script>:1:22'],
    [
      'setTimeout(() => { throw new Error("timer") })',
      'Error: timer\n    at Timeout._onTimeout (<user_provided_script>:1:26)',
    ],
    ['a b', "SyntaxError: Unexpected identifier 'b'"],
    ['throw "text"', 'text'],
  ])('that fails with %j says where', async (source, message) => {
    expect(await programs.logsOf(source)).toMatch(`actions/script-error: ${message}`);
  });

  it.each(['Deno', 'process', 'Buffer', 'require', 'WebSocket', 'navigator', 'indexedDB', 'caches', 'close', 'prompt'])(
    'has no %s',
    async (name) => {
      expect(await programs.logsOf(`console.log(typeof ${name})`)).toBe('undefined');
    },
  );

  it.each(['new Worker("x")', 'localStorage.getItem("x")', 'sessionStorage.x'])('%s throws', async (source) => {
    expect(await programs.logsOf(source)).toMatch('does not exist in an action');
  });

  it.each(['eval("1")', 'new Function("return 1")()', '(async () => {}).constructor("1")()'])(
    '%s throws',
    async (source) => {
      expect(await programs.logsOf(source)).toMatch('Code generation from strings disallowed');
    },
  );
});
