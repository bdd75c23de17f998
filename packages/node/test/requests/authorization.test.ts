import { type Capability, capability } from '@keymesh/protocol/sessions';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeError } from '../../src/errors.ts';
import { Authorization } from '../../src/requests/authorization.ts';
import { PERMISSION_AGE_MAX_MS } from '../../src/requests/limits.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { codeOf, errorOf } from './expectations.ts';
import { FakeKeys, KEY_ID, TOKEN_ID } from './fake-keys.ts';
import { NODE_URL, sessionOf, walletOf } from './wallet-session.ts';

const wallet = walletOf(1);
const signing = capability('pkp-signing', TOKEN_ID.slice(2));

let clock: VirtualClock;
let keys: FakeKeys;
let authorization: Authorization;

beforeEach(() => {
  clock = new VirtualClock();
  keys = new FakeKeys();
  keys.permitted.add(wallet.address.toLowerCase());
  authorization = new Authorization(() => NODE_URL, { clock, keys });
});

const session = (changed: { capabilities?: Capability[]; nodeUrl?: string; lifetimeMs?: number } = {}) =>
  sessionOf({ wallet, capabilities: [signing], now: clock.now(), ...changed });

describe('who may sign', () => {
  it('is a permitted wallet with a session that names the key', async () => {
    const { caller, key } = await authorization.signer(await session(), TOKEN_ID);
    expect(caller.wallet).toBe(wallet.address.toLowerCase());
    expect(key).toEqual({ tokenId: 42n, keyId: KEY_ID });
  });

  it('is decided by the session first, which costs the chain nothing', async () => {
    const other = capability('pkp-signing', 'ff'.repeat(32));
    const decrypting = capability('access-control-condition-decryption', '*');
    const refusals = [
      [await session({ nodeUrl: 'http://127.0.0.1:7002' }), 'session/wrong-node'],
      [await session({ capabilities: [other] }), 'session/capability-missing'],
      [await session({ capabilities: [decrypting] }), 'session/capability-missing'],
      [{ ...(await session()), sig: '00'.repeat(64) }, 'session/bad-signature'],
    ] as const;
    for (const [authSig, code] of refusals) {
      expect(await codeOf(() => authorization.signer(authSig, TOKEN_ID))).toBe(code);
    }
    const short = await session({ lifetimeMs: 5_000 });
    clock.advance(5_000);
    expect(await codeOf(() => authorization.signer(short, TOKEN_ID))).toBe('session/expired');
    expect(keys.calls).toEqual({ keyId: 0, permission: 0 });
  });

  it('takes a capability for every key', async () => {
    const every = await session({ capabilities: [capability('pkp-signing', '*')] });
    await authorization.signer(every, TOKEN_ID);
  });

  it('is not a wallet that is not permitted; the refusal names it and the key', async () => {
    keys.permitted.clear();
    const error = await errorOf(async () => authorization.signer(await session(), TOKEN_ID));
    expect(error.code).toBe('permissions/denied');
    expect(error.message).toContain(wallet.address);
    expect(error.message).toContain(TOKEN_ID);
  });

  it('asks once about a token that does not exist', async () => {
    const unknown = `0x${'ab'.repeat(32)}`;
    const every = await session({ capabilities: [capability('pkp-signing', '*')] });
    expect(await codeOf(() => authorization.signer(every, unknown))).toBe('permissions/unknown-token');
    expect(keys.calls).toEqual({ keyId: 1, permission: 0 });
  });

  it('is unknown while this node is no member of an epoch', async () => {
    const notReady = new NodeError('Not yet.', { code: 'node/not-ready', fault: 'environment' });
    const lone = new Authorization(
      () => {
        throw notReady;
      },
      { clock, keys },
    );
    expect(await codeOf(async () => lone.signer(await session(), TOKEN_ID))).toBe('node/not-ready');
  });
});

describe('what is remembered of permissions', () => {
  it('serves the requests of a moment with one call, and ends with that moment', async () => {
    const authSig = await session();
    await authorization.signer(authSig, TOKEN_ID);
    keys.permitted.clear();
    clock.advance(PERMISSION_AGE_MAX_MS - 1);
    await authorization.signer(authSig, TOKEN_ID);
    expect(keys.calls.permission).toBe(1);
    clock.advance(1);
    expect(await codeOf(() => authorization.signer(authSig, TOKEN_ID))).toBe('permissions/denied');
  });

  it('is of one wallet and one token', async () => {
    await authorization.signer(await session(), TOKEN_ID);
    const stranger = await sessionOf({ wallet: walletOf(2), capabilities: [signing], now: clock.now() });
    expect(await codeOf(() => authorization.signer(stranger, TOKEN_ID))).toBe('permissions/denied');
  });

  it('is no failure', async () => {
    const authSig = await session();
    for (const dead of ['yes', 'for permissions'] as const) {
      keys.dead = dead;
      expect(await codeOf(() => authorization.signer(authSig, TOKEN_ID))).toBe('chain/unreachable');
    }
    keys.dead = 'no';
    await authorization.signer(authSig, TOKEN_ID);
  });
});

describe('what a program may sign with', () => {
  const program = Uint8Array.of(0x12, 0x20, 7);
  const running = capability('lit-action-execution', '*');
  const signing = (multihash: Uint8Array | undefined, isPersonal = false) => ({
    ...{ tokenId: TOKEN_ID, multihash, isPersonal },
  });

  it('is for some only texts, as wallets sign them', async () => {
    keys.permitted.clear();
    keys.personalOnly.add('122007');
    const stranger = await sessionOf({ wallet: walletOf(2), capabilities: [running], now: clock.now() });
    expect(await authorization.signerForAction(stranger, signing(program, true))).toMatchObject({ tokenId: 42n });
    const refused = 'session/capability-missing';
    expect(await codeOf(() => authorization.signerForAction(stranger, signing(program)))).toBe(refused);
    const own = await session();
    keys.personalOnly.add(wallet.address.toLowerCase());
    expect(await authorization.signerForAction(own, signing(undefined, true))).toMatchObject({ tokenId: 42n });
    expect(await codeOf(() => authorization.signer(own, TOKEN_ID))).toBe('permissions/denied');
  });

  it('is a key whose owner permits the program, whoever runs it and whatever the session allows', async () => {
    keys.permitted.clear();
    keys.permittedPrograms.add('122007');
    const stranger = await sessionOf({ wallet: walletOf(2), capabilities: [running], now: clock.now() });
    expect(await authorization.signerForAction(stranger, signing(program))).toEqual({ tokenId: 42n, keyId: KEY_ID });
    expect(await codeOf(() => authorization.signerForAction(stranger, signing(Uint8Array.of(1))))).toBe(
      'session/capability-missing',
    );
  });

  it('is else a key of the caller, if its session lets it sign', async () => {
    expect(await authorization.signerForAction(await session(), signing(program))).toMatchObject({ tokenId: 42n });
    expect(await authorization.signerForAction(await session(), signing(undefined))).toMatchObject({ tokenId: 42n });
    const only = await session({ capabilities: [running] });
    expect(await codeOf(() => authorization.signerForAction(only, signing(program)))).toBe(
      'session/capability-missing',
    );
    keys.permitted.clear();
    clock.advance(PERMISSION_AGE_MAX_MS);
    expect(await codeOf(async () => authorization.signerForAction(await session(), signing(program)))).toBe(
      'permissions/denied',
    );
  });

  it('ends within a moment of its withdrawal', async () => {
    keys.permitted.clear();
    keys.permittedPrograms.add('122007');
    const stranger = await sessionOf({ wallet: walletOf(2), capabilities: [running], now: clock.now() });
    await authorization.signerForAction(stranger, signing(program));
    keys.permittedPrograms.clear();
    clock.advance(PERMISSION_AGE_MAX_MS);
    expect(await codeOf(() => authorization.signerForAction(stranger, signing(program)))).toBe(
      'session/capability-missing',
    );
  });
});

describe('what a program will ask', () => {
  it('is asked ahead for the keys that its session names, once', async () => {
    const named = await session();
    const caller = authorization.caller(named, signing);
    authorization.expectSigning(caller, undefined);
    expect(keys.calls).toEqual({ keyId: 1, permission: 1 });
    await authorization.signer(named, TOKEN_ID);
    expect(keys.calls.permission).toBe(1);
  });

  it('is not asked ahead for a session of all keys, nor for many', async () => {
    const every = await session({ capabilities: [capability('pkp-signing', '*')] });
    authorization.expectSigning(authorization.caller(every, signing), undefined);
    expect(keys.calls).toEqual({ keyId: 0, permission: 0 });
    const many = ['1', '2', '3', '4'].map((digit) => capability('pkp-signing', digit.repeat(64)));
    const needed = many[0] as Capability;
    authorization.expectSigning(authorization.caller(await session({ capabilities: many }), needed), undefined);
    expect(keys.calls.permission).toBe(2);
  });

  it('may fail ahead without harm', async () => {
    const unknown = capability('pkp-signing', 'ab'.repeat(32));
    const authSig = await session({ capabilities: [unknown] });
    authorization.expectSigning(authorization.caller(authSig, unknown), undefined);
    expect(await codeOf(() => authorization.signer(authSig, `0x${'ab'.repeat(32)}`))).toBe('permissions/unknown-token');
  });
});
