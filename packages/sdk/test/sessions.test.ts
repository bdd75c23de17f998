import { inspect } from 'node:util';
import { capability, verifySessionSignature } from '@keymesh/protocol/sessions';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  allowDecryption,
  allowSigning,
  createSession,
  endSession,
  type Network,
  type Session,
  sign,
} from '../src/index.ts';
import { sessionSignature } from '../src/session/session.ts';
import { OWNER, START_MS, Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const four = new Testnet(4, await testBackends());
const message = new Uint8Array(3);
let network: Network;

beforeEach(async () => {
  useVirtualTime();
  four.reset();
  network = (await succeed(() => four.connect())).value;
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (changes: Partial<Parameters<typeof createSession>[1]> = {}): Promise<Session> =>
  createSession(network, { wallet: OWNER, capabilities: [allowSigning('*')], ...changes });

describe('a session', () => {
  test('never prints its key', async () => {
    const session = await open();
    const key = session.key.secretKey.expose((bytes) => [
      Buffer.from(bytes).toString('hex'),
      inspect(bytes).slice(20, 60),
    ]);
    const shown = [
      JSON.stringify(session),
      inspect(session, { depth: 9, showHidden: true }),
      String(session),
      `${session.key}`,
    ];
    for (const text of shown) for (const form of key) expect(text).not.toContain(form);
    expect(JSON.stringify(session)).toContain('[redacted]');
  });

  test('is good for its wallet, one node at a time', async () => {
    const session = await open();
    const authSig = sessionSignature(session, four.nodes[0]!.url, Date.now());
    const required = capability('pkp-signing', four.tokenId.slice(2));
    const check = (nodeAddress: string) => verifySessionSignature({ authSig, nodeAddress, now: Date.now(), required });
    expect(check(four.nodes[0]!.url).wallet).toBe(OWNER.address);
    expect(() => check(four.nodes[1]!.url)).toThrow(/another node/);
  });

  test('asks the wallet once', async () => {
    const signMessage = vi.fn(OWNER.signMessage);
    const session = await open({ wallet: { address: OWNER.address, signMessage } });
    await succeed(() => sign(network, { session, key: four.tokenId, scheme: 'SchnorrEd25519Sha512', message }));
    expect(signMessage).toHaveBeenCalledTimes(1);
    expect(signMessage.mock.calls[0]?.[0].message).toContain("'Threshold': 'Signing' for 'lit-pkp://*'");
  });

  test('lasts 15 minutes, or as long as it is told', async () => {
    expect((await open()).expiration).toBe(START_MS + 15 * 60_000);
    const session = await open({ lifetimeMs: 1_000 });
    vi.setSystemTime(START_MS + 999);
    expect(() => sessionSignature(session, four.nodes[0]!.url, Date.now())).not.toThrow();
    vi.setSystemTime(START_MS + 1_000);
    const key = { session, key: four.tokenId, scheme: 'Bls12381', message } as const;
    const { error } = await fail(() => sign(network, key));
    expect(error).toMatchObject({ code: 'sdk/session-unusable', fault: 'caller' });
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 31 * 24 * 3_600_000])(
    'cannot last %d ms',
    async (lifetimeMs) => {
      const { error } = await fail(() => open({ lifetimeMs }));
      expect(error).toMatchObject({ code: 'sdk/invalid-argument' });
    },
  );

  test('without capabilities', async () => {
    const { error } = await fail(() => open({ capabilities: [] }));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument' });
  });

  test('that may only decrypt is refused by nodes when it signs, and says why', async () => {
    const session = await open({ capabilities: [allowDecryption()] });
    const { error } = await fail(() =>
      sign(network, { session, key: four.tokenId, scheme: 'SchnorrEd25519Sha512', message }),
    );
    expect(error).toMatchObject({ code: 'session/capability-missing', fault: 'caller' });
  });

  test('a wallet that declines leaves no key behind', async () => {
    const random = vi.fn(network.platform.random);
    const wallet = { address: OWNER.address, signMessage: () => Promise.reject(new Error('declined')) };
    const platform = { ...network.platform, random };
    const capabilities = [allowSigning('*')];
    await expect(createSession({ ...network, platform }, { wallet, capabilities })).rejects.toThrow('declined');
    const [seed] = random.mock.results.map(({ value }) => value as Uint8Array);
    expect([...(seed as Uint8Array)]).toEqual(Array(32).fill(0));
  });

  test('ended: its key is gone', async () => {
    const session = await open();
    endSession(session);
    expect(session.key.secretKey.isWiped).toBe(true);
    endSession(session);
  });

  test.each([
    ['ahead', 55_000],
    ['behind', -55_000],
  ])("a client's clock may be %s by most of a minute", async (_, skewMs) => {
    four.clientClockSkewMs = skewMs;
    const session = await open();
    const { value } = await succeed(() =>
      sign(network, { session, key: four.tokenId, scheme: 'SchnorrEd25519Sha512', message }),
    );
    expect(value.culprits).toEqual([]);
  });

  test.each([
    ['ahead', 120_000, 'sealing/from-future'],
    ['behind', -120_000, 'sealing/expired'],
  ])('a clock that is far %s is said to be so', async (_, skewMs, code) => {
    four.clientClockSkewMs = skewMs;
    const session = await open();
    const { error } = await fail(() => sign(network, { session, key: four.tokenId, scheme: 'Bls12381', message }));
    expect(error).toMatchObject({ code, fault: 'caller', culprits: [] });
  });
});
