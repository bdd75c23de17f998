import { toHex, utf8 } from '@keymesh/foundation';
import { parseMessage, type RequestOf, ROUTES, signingSessionId, signRequestIdentity } from '@keymesh/protocol/routes';
import { capability } from '@keymesh/protocol/sessions';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeError } from '../../src/errors.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';
import { Authorization } from '../../src/requests/authorization.ts';
import { RequestIds } from '../../src/requests/request-ids.ts';
import { createServing } from '../../src/requests/serving-epoch.ts';
import { createSignHandler, type SignHandler } from '../../src/requests/sign-handler.ts';
import type { SigningService } from '../../src/signing/signing-service.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { Cluster } from '../signing/cluster.ts';
import { curves, dealEpoch, EPOCH } from './dealt-epoch.ts';
import { codeOf } from './expectations.ts';
import { FakeKeys, TOKEN_ID } from './fake-keys.ts';
import { contextWithLog } from './request-context.ts';
import { NODE_URL, sessionOf, walletOf } from './wallet-session.ts';

const wallet = walletOf(1);
const notReady = () => new NodeError('Not yet.', { code: 'node/not-ready', fault: 'environment' });

interface HandlerUnderTest {
  readonly keys: FakeKeys;
  readonly metrics: Metrics;
  readonly handler: SignHandler;
}

function handlerOf(
  clock: VirtualClock,
  signing: Pick<SigningService, 'sign'>,
  serving: Parameters<typeof createSignHandler>[0]['serving'],
): HandlerUnderTest {
  const keys = new FakeKeys();
  keys.permitted.add(wallet.address.toLowerCase());
  const metrics = createMetrics('test', '0');
  const handler = createSignHandler({
    authorization: new Authorization(() => NODE_URL, { clock, keys }),
    requestIds: new RequestIds(clock),
    ...{ serving, signing, metrics },
  });
  return { keys, metrics, handler };
}

describe('sign, with the other signers behind it', () => {
  let cluster: Cluster;
  let handlers: HandlerUnderTest[];
  let authSig: RequestOf<'sign'>['authSig'];

  beforeEach(async () => {
    cluster = new Cluster({ parties: 3, threshold: 2 });
    await cluster.run(200);
    handlers = [1, 2].map((party) => {
      const { service, serving } = cluster.member(party);
      return handlerOf(cluster.clock, service, (epoch) => {
        if (epoch !== EPOCH) throw new NodeError('Other.', { code: 'wire/stale-epoch', fault: 'caller' });
        return serving;
      });
    });
    authSig = await sessionOf({ wallet, capabilities: [capability('pkp-signing', '*')], now: cluster.clock.now() });
  });

  const request = (changed: Partial<RequestOf<'sign'>> = {}): RequestOf<'sign'> => ({
    ...{ authSig, epoch: EPOCH, tokenId: TOKEN_ID, scheme: 'SchnorrEd25519Sha512', signers: [1, 2] },
    ...{ message: toHex(utf8('message')), requestId: 'request-1' },
    ...changed,
  });

  const ask = async (asked: RequestOf<'sign'>) => {
    const logs = handlers.map(() => contextWithLog());
    const answers = Promise.all(
      handlers.map(({ handler }, i) => handler(asked, (logs[i] as (typeof logs)[number]).context)),
    );
    answers.catch(() => {});
    await cluster.run(200);
    return { answers: await answers, lines: logs.flatMap(({ lines }) => lines).join('') };
  };

  it.each(['SchnorrEd25519Sha512', 'EcdsaK256Sha256'] as const)(
    '%s: each answers as its route says',
    async (scheme) => {
      const { answers, lines } = await ask(request({ scheme, message: '6d'.repeat(32) }));
      for (const [i, answer] of answers.entries()) {
        parseMessage(ROUTES.sign.response, answer, 'answer');
        expect(answer.party).toBe(i + 1);
        expect(lines).not.toContain(answer.share);
      }
      expect(lines).toContain('signature.share-given');
      expect(await handlers[0]?.metrics.registry.metrics()).toContain(
        `keymesh_partial_signatures_total{scheme="${scheme}",node="test"} 1`,
      );
    },
  );

  it('gives a BLS share for itself', async () => {
    const { answers } = await ask(request({ scheme: 'Bls12381', signers: [] }));
    for (const answer of answers) parseMessage(ROUTES.sign.response, answer, 'answer');
    expect(answers[0]).not.toHaveProperty('frost');
    expect(answers[0]?.share).not.toBe(answers[1]?.share);
  });

  it('gives the same answer to the same request', async () => {
    const first = await ask(request());
    expect((await ask(request())).answers).toEqual(first.answers);
    const other = await ask(request({ requestId: 'request-2' }));
    expect(other.answers[0]?.share).not.toBe(first.answers[0]?.share);
  });

  it('refuses signer sets and digests that cannot become a signature, and nothing is made for them', async () => {
    const refused = (changed: Partial<RequestOf<'sign'>>) =>
      codeOf(() =>
        handlers[0]?.handler(request({ requestId: JSON.stringify(changed), ...changed }), contextWithLog().context),
      );
    for (const signers of [[1], [1, 2, 3], [2, 3], [1, 4], [2, 1], [1, 1]]) {
      expect(await refused({ signers })).toBe('signing/invalid-signer-set');
    }
    for (const bytes of [0, 31, 33, 48]) {
      const message = 'aa'.repeat(bytes);
      expect(await refused({ scheme: 'EcdsaK256Sha256', message })).toBe('signing/invalid-digest');
    }
    await cluster.run(500);
    for (const { events } of cluster.members.values()) {
      expect(events.filter(({ kind }) => kind === 'made' || kind === 'failed')).toEqual([]);
    }
  });
});

describe('sign, before it signs', () => {
  const dealt = dealEpoch(4, 3);
  let clock: VirtualClock;
  let asked: Parameters<SigningService['sign']>[1][];
  let under: HandlerUnderTest;
  let current: ReturnType<typeof dealt.sharesOf> | undefined;
  let authSig: RequestOf<'sign'>['authSig'];

  beforeEach(async () => {
    clock = new VirtualClock();
    asked = [];
    current = dealt.sharesOf(1);
    const signing: Pick<SigningService, 'sign'> = {
      sign: async (_epoch, request) => {
        asked.push(request);
        return { share: '00', publicKey: '00' };
      },
    };
    under = handlerOf(
      clock,
      signing,
      createServing(() => current, curves, notReady),
    );
    authSig = await sessionOf({ wallet, capabilities: [capability('pkp-signing', '*')], now: clock.now() });
  });

  const request = (changed: Partial<RequestOf<'sign'>> = {}): RequestOf<'sign'> => ({
    ...{ authSig, epoch: EPOCH, tokenId: TOKEN_ID, scheme: 'SchnorrEd25519Sha512', signers: [1, 2, 3] },
    ...{ message: '6d', requestId: 'request-1' },
    ...changed,
  });
  const refused = (changed: Partial<RequestOf<'sign'>> = {}) =>
    codeOf(() => under.handler(request(changed), contextWithLog().context));

  it('names the session by the whole request', async () => {
    const { context } = contextWithLog();
    await under.handler(request(), context);
    const identity = signRequestIdentity(wallet.address.toLowerCase(), request());
    expect(asked[0]?.session).toEqual(signingSessionId(identity, 'request-1'));
    const variants: Partial<RequestOf<'sign'>>[] = [
      { message: '6e' },
      { signers: [1, 2, 4] },
      { scheme: 'SchnorrK256Taproot' },
      {},
    ];
    for (const [i, changed] of variants.entries())
      await under.handler(request({ ...changed, requestId: `${i}` }), context);
    const sessions = new Set(asked.map(({ session }) => toHex(session)));
    expect(sessions.size).toBe(asked.length);
  });

  it('asks nobody to sign for who may not', async () => {
    under.keys.permitted.clear();
    expect(await refused()).toBe('permissions/denied');
    under.keys.dead = 'yes';
    clock.advance(2_000);
    expect(await refused()).toBe('chain/unreachable');
    const capabilities = [capability('access-control-condition-decryption', '*')];
    authSig = await sessionOf({ wallet, capabilities, now: clock.now() });
    expect(await refused()).toBe('session/capability-missing');
    expect(asked).toEqual([]);
  });

  it('asks nothing of the chain for an epoch that is over, or when nothing is served', async () => {
    expect(await refused({ epoch: 2 })).toBe('wire/stale-epoch');
    current = undefined;
    expect(await refused()).toBe('node/not-ready');
    expect(under.keys.calls).toEqual({ keyId: 0, permission: 0 });
  });

  it('refuses other content under the same id, and asks nobody for it', async () => {
    await under.handler(request(), contextWithLog().context);
    for (const changed of [{ message: '6e' }, { signers: [1, 2, 4] }, { scheme: 'SchnorrK256Taproot' }] as const) {
      expect(
        await refused({ ...changed, ...('signers' in changed ? { signers: [...changed.signers] } : {}) } as never),
      ).toBe('wire/request-id-reused');
    }
    expect(asked).toHaveLength(1);
    await under.handler(request({ message: '6e', requestId: 'request-2' }), contextWithLog().context);
    expect(asked).toHaveLength(2);
  });

  it('binds no id for a caller who is not authorised', async () => {
    under.keys.permitted.clear();
    expect(await refused()).toBe('permissions/denied');
    under.keys.permitted.add(wallet.address.toLowerCase());
    clock.advance(2_000);
    await under.handler(request({ message: '6e' }), contextWithLog().context);
  });

  it('uses no share of an epoch that ended while the chain was asked', async () => {
    under.keys.holding = true;
    const answer = refused();
    while (under.keys.release === undefined) await Promise.resolve();
    for (const { share } of current?.shares ?? []) share.wipe();
    current = dealt.sharesOf(1, 2);
    under.keys.release();
    expect(await answer).toBe('wire/stale-epoch');
    expect(asked).toEqual([]);
  });
});
