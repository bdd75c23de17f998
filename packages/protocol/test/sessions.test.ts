import { readFileSync } from 'node:fs';
import { toHex, utf8 } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { privateKeyToAccount } from 'viem/accounts';
import { parseSiweMessage } from 'viem/siwe';
import { describe, expect, it } from 'vitest';
import {
  type AuthSig,
  type Capability,
  capability,
  createDelegationMessage,
  createSessionKey,
  createSessionMessage,
  delegationAuthSig,
  hostAndPort,
  signSessionMessage,
  verifyDelegation,
  verifySessionSignature,
} from '../src/sessions/index.ts';
import { codeOf, seededRandom } from './random.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR_MS = 3_600_000;
const TOKEN = 'ab'.repeat(32);
const wallet = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const key = createSessionKey(seededRandom('session'));
const NODE = 'http://127.0.0.1:7470';

async function delegate(changes: Partial<Parameters<typeof createDelegationMessage>[0]> = {}): Promise<AuthSig> {
  return signText(
    createDelegationMessage({
      wallet: wallet.address,
      sessionKey: key.publicKey,
      capabilities: [capability('pkp-signing', '*')],
      nonce: 'abcdefgh12345678',
      issuedAt: NOW - HOUR_MS,
      expiration: NOW + 24 * HOUR_MS,
      ...changes,
    }),
  );
}

async function signText(message: string): Promise<AuthSig> {
  return delegationAuthSig(message, await wallet.signMessage({ message }), wallet.address);
}

function session(delegations: AuthSig[], changes: Partial<Parameters<typeof createSessionMessage>[0]> = {}): AuthSig {
  const message = createSessionMessage({
    sessionKey: key.publicKey,
    requests: [capability('pkp-signing', '*')],
    delegations,
    issuedAt: NOW - 1000,
    expiration: NOW + HOUR_MS,
    nodeAddress: NODE,
    ...changes,
  });
  return signSessionMessage(message, key);
}

const required: Capability = capability('pkp-signing', TOKEN);

function verify(authSig: AuthSig, changes: Partial<Parameters<typeof verifySessionSignature>[0]> = {}) {
  return verifySessionSignature({ authSig, nodeAddress: NODE, now: NOW, required, ...changes });
}

describe('a session signature', () => {
  it('is accepted, with the wallet behind it and the earlier end', async () => {
    const verified = verify(session([await delegate()]));
    expect(verified.wallet).toBe(wallet.address);
    expect(verified.sessionKey).toBe(key.publicKey);
    expect(verified.expiration).toBe(NOW + HOUR_MS);
    const short = verify(session([await delegate({ expiration: NOW + 1000 })]));
    expect(short.expiration).toBe(NOW + 1000);
  });

  it('has the text of the reference: its keys, in its order', async () => {
    const text = session([await delegate()], { maxPrice: '0x1' }).signedMessage;
    expect(Object.keys(JSON.parse(text))).toEqual([
      'sessionKey',
      'resourceAbilityRequests',
      'capabilities',
      'issuedAt',
      'expiration',
      'nodeAddress',
      'maxPrice',
    ]);
    expect(JSON.parse(text).resourceAbilityRequests).toEqual([
      { resource: { resource: '*', resourcePrefix: 'lit-pkp' }, ability: 'pkp-signing' },
    ]);
  });

  it('is refused by every check, each under its own code', async () => {
    const delegation = await delegate();
    const good = session([delegation]);
    const signRaw = (message: object) => signSessionMessage(JSON.stringify(message), key);
    const content = JSON.parse(good.signedMessage);
    const other = createSessionKey(seededRandom('other'));
    const cases: Record<string, [AuthSig, string]> = {
      'another kind': [{ ...good, derivedVia: 'web3.eth.personal.sign' }, 'session/malformed'],
      'another algorithm': [{ ...good, algo: 'LIT_BLS' }, 'session/malformed'],
      'a changed text': [{ ...good, signedMessage: `${good.signedMessage} ` }, 'session/bad-signature'],
      'a changed signature': [{ ...good, sig: `00${good.sig.slice(2)}` }, 'session/bad-signature'],
      'another key': [{ ...good, address: other.publicKey }, 'session/bad-signature'],
      'a short signature': [{ ...good, sig: good.sig.slice(2) }, 'session/malformed'],
      'a text that names another key': [signRaw({ ...content, sessionKey: other.publicKey }), 'session/malformed'],
      'a restriction we do not know': [signRaw({ ...content, onlyOn: 'Sundays' }), 'session/malformed'],
      'no JSON': [signSessionMessage('hello', key), 'session/malformed'],
      'no date': [signRaw({ ...content, expiration: 'tomorrow' }), 'session/malformed'],
      'the past': [session([delegation], { expiration: NOW }), 'session/expired'],
      'the future': [session([delegation], { issuedAt: NOW + 60_001 }), 'session/not-yet-valid'],
      'another node': [session([delegation], { nodeAddress: 'http://127.0.0.1:7471' }), 'session/wrong-node'],
      'another resource': [
        session([delegation], { requests: [capability('pkp-signing', 'cd'.repeat(32))] }),
        'session/capability-missing',
      ],
      'another ability': [
        session([delegation], { requests: [capability('lit-action-execution', '*')] }),
        'session/capability-missing',
      ],
      'another prefix with the same ability': [
        signRaw({
          ...content,
          resourceAbilityRequests: [
            { resource: { resource: '*', resourcePrefix: 'lit-accesscontrolcondition' }, ability: 'pkp-signing' },
          ],
        }),
        'session/capability-missing',
      ],
      'no delegation': [session([]), 'session/delegation-missing'],
    };
    for (const [name, [authSig, code]] of Object.entries(cases))
      expect(
        codeOf(() => verify(authSig)),
        name,
      ).toBe(code);
  });

  it('lets in 60 s of a fast clock and not more', async () => {
    expect(verify(session([await delegate()], { issuedAt: NOW + 60_000 })).wallet).toBe(wallet.address);
  });

  it('finds the one good delegation among others, and lists the reasons if there is none', async () => {
    const expired = await delegate({ expiration: NOW - 1 });
    const narrow = await delegate({ capabilities: [capability('lit-action-execution', '*')] });
    expect(verify(session([expired, narrow, await delegate()])).wallet).toBe(wallet.address);
    try {
      verify(session([expired, narrow]));
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: 'session/delegation-missing',
        details: { delegations: ['delegation/expired', 'delegation/not-granted'] },
      });
    }
    expect(codeOf(() => verify(session([narrow])))).toBe('delegation/not-granted');
  });

  it('never gives what the delegation does not: session * with a narrow delegation', async () => {
    const narrow = await delegate({ capabilities: [capability('pkp-signing', TOKEN)] });
    expect(verify(session([narrow])).wallet).toBe(wallet.address);
    const elsewhere = capability('pkp-signing', 'cd'.repeat(32));
    expect(codeOf(() => verify(session([narrow]), { required: elsewhere }))).toBe('delegation/not-granted');
  });

  it('is an Ed25519 signature that others verify', async () => {
    const authSig = session([await delegate()]);
    const ok = ed25519.verify(
      Buffer.from(authSig.sig, 'hex'),
      new TextEncoder().encode(authSig.signedMessage),
      Buffer.from(authSig.address, 'hex'),
    );
    expect(ok).toBe(true);
  });
});

describe("a node's address", () => {
  it.each([
    ['http://127.0.0.1:7470', '127.0.0.1:7470'],
    ['https://LOCALHOST:7470/', '127.0.0.1:7470'],
    ['localhost:7470', '127.0.0.1:7470'],
    ['https://node.example', 'node.example:443'],
    ['http://Node.Example', 'node.example:80'],
    ['https://[2001:DB8::1]:443', '[2001:db8::1]:443'],
    ['http://127.0.0.1:07470', '127.0.0.1:7470'],
  ])('%s is %s', (url, expected) => expect(hostAndPort(url)).toBe(expected));

  it.each([
    '127.0.0.1',
    'http://a:1/path',
    'http://u@a:1',
    'ftp://a:1',
    'http://a:65536',
    'http://a:1?x',
    '',
    'http://',
  ])('%s is none', (url) => expect(hostAndPort(url)).toBeUndefined());

  it('that is malformed on both sides is not equal', async () => {
    const authSig = session([await delegate()], { nodeAddress: 'nowhere' });
    expect(codeOf(() => verify(authSig, { nodeAddress: 'nowhere' }))).toBe('session/wrong-node');
  });
});

describe('a delegation', () => {
  const check = (authSig: AuthSig, needed = required, now = NOW, sessionKey = key.publicKey) =>
    verifyDelegation(authSig, sessionKey, needed, now);
  const replaced = async (from: string | RegExp, to: string) =>
    signText((await delegate()).signedMessage.replace(from, to));

  it('is a text that viem reads as we wrote it', async () => {
    const { signedMessage } = await delegate({ domain: 'app.example:8080', statement: 'Hello.', chainId: 5 });
    const parsed = parseSiweMessage(signedMessage);
    expect(parsed).toMatchObject({
      address: wallet.address,
      domain: 'app.example:8080',
      uri: `lit:session:${key.publicKey}`,
      version: '1',
      chainId: 5,
      nonce: 'abcdefgh12345678',
      issuedAt: new Date(NOW - HOUR_MS),
      expirationTime: new Date(NOW + 24 * HOUR_MS),
    });
    expect(parsed.statement).toMatch(/^Hello\. I further authorize .* 'Threshold': 'Signing' for 'lit-pkp:\/\/\*'\.$/);
  });

  it('carries values for conditions', async () => {
    const parameters = { name: 'Käse', empty: '' };
    expect(check(await delegate({ parameters })).parameters).toEqual(parameters);
    const twice = await replaced('- urn:', '- litParam:a:YQ\n- litParam:a:Yg\n- urn:');
    expect(codeOf(() => check(twice))).toBe('delegation/malformed');
  });

  it('is refused by every check, each under its own code', async () => {
    const good = await delegate();
    const statement = /I further .*/;
    const urn = /- urn:recap:.*/;
    const stranger = privateKeyToAccount(`0x${'22'.repeat(32)}`);
    const cases: Record<string, [AuthSig, string]> = {
      'another kind of signature': [{ ...good, derivedVia: 'EIP1271' }, 'delegation/malformed'],
      'a changed text': [{ ...good, signedMessage: `${good.signedMessage}x` }, 'delegation/malformed'],
      'a signature of another text': [
        { ...(await delegate({ nonce: 'zzzzzzzz' })), sig: good.sig },
        'delegation/bad-signature',
      ],
      'a signature by another wallet': [
        { ...good, sig: await stranger.signMessage({ message: good.signedMessage }) },
        'delegation/bad-signature',
      ],
      'no signature': [{ ...good, sig: '0x' }, 'delegation/bad-signature'],
      'an impossible signature': [{ ...good, sig: `0x${'ff'.repeat(64)}1b` }, 'delegation/bad-signature'],
      'an impossible recovery id': [{ ...good, sig: `${good.sig.slice(0, -2)}1e` }, 'delegation/bad-signature'],
      'another label': [{ ...good, address: stranger.address }, 'delegation/malformed'],
      'the end': [await delegate({ expiration: NOW }), 'delegation/expired'],
      'no end': [await replaced(/Expiration Time: .*\n/, ''), 'delegation/expired'],
      'the future': [await delegate({ issuedAt: NOW + 60_001 }), 'delegation/not-yet-valid'],
      'a later start': [
        await replaced('Resources:', `Not Before: ${new Date(NOW + 1).toISOString()}\nResources:`),
        'delegation/not-yet-valid',
      ],
      'a statement that hides the capabilities': [await replaced(statement, 'Hello.'), 'delegation/statement-mismatch'],
      'a statement that says less': [await replaced("'Signing'", "'Execution'"), 'delegation/statement-mismatch'],
      'a statement with more after it': [await replaced(statement, '$& Not really.'), 'delegation/statement-mismatch'],
      'no ReCap': [await replaced(urn, '- https://example.org'), 'delegation/malformed'],
      'two ReCaps': [await replaced(urn, '$&\n$&'), 'delegation/malformed'],
      'a ReCap that is not base64url': [await replaced(urn, '- urn:recap:!!!!'), 'delegation/malformed'],
      'no domain': [await replaced('localhost wants', ' wants'), 'delegation/malformed'],
      'a second URI': [await replaced('Version: 1', 'URI: lit:session:00\nVersion: 1'), 'delegation/malformed'],
      'carriage returns': [await replaced(/\n/g, '\r\n'), 'delegation/malformed'],
      'an extra line': [await replaced('Resources:', 'Hello\nResources:'), 'delegation/malformed'],
      'a day that does not exist': [
        await replaced(/Issued At: .*/, 'Issued At: 2026-02-30T00:00:00Z'),
        'delegation/malformed',
      ],
      'another ability': [
        await delegate({ capabilities: [capability('access-control-condition-decryption', '*')] }),
        'delegation/not-granted',
      ],
      'another prefix of the same length': [
        await delegate({ capabilities: [{ ...required, resource: '*', resourcePrefix: 'lit-abc' as never }] }),
        'delegation/not-granted',
      ],
      'another resource': [
        await delegate({ capabilities: [capability('pkp-signing', `${TOKEN}00`)] }),
        'delegation/not-granted',
      ],
    };
    for (const [name, [authSig, code]] of Object.entries(cases))
      expect(
        codeOf(() => check(authSig)),
        name,
      ).toBe(code);
    expect(codeOf(() => check(good, required, NOW, '00'.repeat(32)))).toBe('delegation/wrong-session-key');
    expect(check(good).wallet).toBe(wallet.address);
  });

  it('does not let an application smuggle lines into the text', () => {
    const attempt = () =>
      createDelegationMessage({
        wallet: wallet.address,
        sessionKey: key.publicKey,
        capabilities: [required],
        nonce: 'abcdefgh',
        issuedAt: NOW,
        expiration: NOW + 1,
        statement: 'Hello\n\nURI: lit:session:00',
      });
    expect(codeOf(attempt)).toBe('delegation/malformed');
  });

  it('of the official packages is read the same', () => {
    const path = new URL('./vectors/delegations.json', import.meta.url);
    const vectors = JSON.parse(readFileSync(path, 'utf8')) as {
      wallet: string;
      sessionKey: string;
      cases: { name: string; authSig: AuthSig }[];
    };
    const byName = new Map(vectors.cases.map((item) => [item.name, item.authSig]));
    const at = (name: string, needed: Capability) =>
      codeOf(() => {
        const found = verifyDelegation(byName.get(name) as AuthSig, vectors.sessionKey, needed, Date.UTC(2027, 0, 1));
        expect(found).toMatchObject({ wallet: vectors.wallet, domain: 'example.org' });
      });
    const data = `${'cd'.repeat(32)}/${'ef'.repeat(32)}`;
    const decryption = 'access-control-condition-decryption';
    expect(at('one pkp-signing wildcard', required)).toBe('no error');
    expect(at('one pkp-signing wildcard', capability(decryption, data))).toBe('delegation/not-granted');
    expect(at('three capabilities', required)).toBe('no error');
    expect(at('three capabilities', capability(decryption, data))).toBe('no error');
    expect(at('three capabilities', capability(decryption, `${data}0`))).toBe('delegation/not-granted');
    expect(at('three capabilities', capability('access-control-condition-signing', data))).toBe(
      'delegation/not-granted',
    );
    expect(at('three capabilities', capability('lit-action-execution', 'Qm'))).toBe('no error');
    expect(at('restricted', required)).toBe('delegation/not-granted');
    expect(at('every ability', capability(decryption, data))).toBe('no error');
    expect(at('every ability', required)).toBe('delegation/not-granted');
  });

  it('is written as the official packages write it', () => {
    const path = new URL('./vectors/delegations.json', import.meta.url);
    const { wallet: address, sessionKey, cases } = JSON.parse(readFileSync(path, 'utf8'));
    const theirs: string = cases[1].authSig.signedMessage;
    const issued = /Issued At: (.*)/.exec(theirs)?.[1] as string;
    const ours = createDelegationMessage({
      wallet: address.toLowerCase(),
      sessionKey,
      capabilities: [
        capability('pkp-signing', 'ab'.repeat(32)),
        capability('access-control-condition-decryption', `${'cd'.repeat(32)}/${'ef'.repeat(32)}`),
        capability('lit-action-execution', '*'),
      ],
      nonce: `0x${'12'.repeat(32)}`,
      issuedAt: Date.parse(issued),
      expiration: Date.UTC(2031, 0, 1),
      domain: 'example.org',
      statement: 'Hello.',
    });
    expect(ours).toBe(theirs);
  });

  it('changed in any character is refused, with an error of ours', async () => {
    const good = await delegate();
    fc.assert(
      fc.property(fc.nat(good.signedMessage.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(good.signedMessage[at] !== character);
        const signedMessage = good.signedMessage.slice(0, at) + character + good.signedMessage.slice(at + 1);
        expect(codeOf(() => check({ ...good, signedMessage }))).toMatch(/^delegation\//);
      }),
      { numRuns: 400 },
    );
  });

  it('in any other shape gives an error of ours', () => {
    const text = fc.string({ unit: 'grapheme' });
    const authSig = fc.record({ sig: text, derivedVia: text, signedMessage: text, address: text, algo: text });
    fc.assert(
      fc.property(authSig, (value) => {
        expect(codeOf(() => check({ ...value, derivedVia: 'web3.eth.personal.sign' }))).toMatch(/^delegation\//);
        expect(codeOf(() => verify(value))).toMatch(/^session\//);
        const signed = toHex(key.secretKey.expose((seed) => ed25519.sign(utf8(value.signedMessage), seed)));
        const own = { ...value, derivedVia: 'litSessionSignViaNacl', algo: 'ed25519', address: key.publicKey };
        expect(codeOf(() => verify({ ...own, sig: signed }))).toMatch(/^session\//);
      }),
    );
  });
});
