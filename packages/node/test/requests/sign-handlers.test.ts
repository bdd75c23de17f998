import { toHex, utf8 } from '@keymesh/foundation';
import { parseMessage, type RequestOf, ROUTES } from '@keymesh/protocol/routes';
import { capability } from '@keymesh/protocol/sessions';
import { nobleBls } from '@keymesh/threshold/bls';
import { beforeEach, describe, expect, it } from 'vitest';
import { NodeError } from '../../src/errors.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';
import { Authorization } from '../../src/requests/authorization.ts';
import { RequestIds } from '../../src/requests/request-ids.ts';
import { createServing, type EpochShares } from '../../src/requests/serving-epoch.ts';
import { createSignHandlers, type SignHandlers } from '../../src/requests/sign-handlers.ts';
import { SigningService } from '../../src/requests/signing-service.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { curves, dealEpoch, EPOCH } from './dealt-epoch.ts';
import { codeOf } from './expectations.ts';
import { FakeKeys, TOKEN_ID } from './fake-keys.ts';
import { contextWithLog } from './request-context.ts';
import { NODE_URL, sessionOf, walletOf } from './wallet-session.ts';

const wallet = walletOf(1);
const dealt = dealEpoch(4, 3);
const scheme = 'SchnorrEd25519Sha512';

let clock: VirtualClock;
let keys: FakeKeys;
let signing: SigningService;
let metrics: Metrics;
let current: EpochShares;
let handlers: SignHandlers;
let authSig: RequestOf<'signShare'>['authSig'];

beforeEach(async () => {
  clock = new VirtualClock();
  keys = new FakeKeys();
  keys.permitted.add(wallet.address.toLowerCase());
  signing = new SigningService({ clock, random: seededRandom(1), bls: nobleBls });
  metrics = createMetrics('test', '0');
  current = dealt.sharesOf(1);
  const notReady = () => new NodeError('Not yet.', { code: 'node/not-ready', fault: 'environment' });
  handlers = createSignHandlers({
    authorization: new Authorization(() => NODE_URL, { clock, keys }),
    requestIds: new RequestIds(clock),
    serving: createServing(() => current, curves, notReady),
    ...{ signing, metrics, bootId: 'b0'.repeat(16) },
  });
  authSig = await sessionOf({ wallet, capabilities: [capability('pkp-signing', '*')], now: clock.now() });
});

const commitRequest = (count = 1): RequestOf<'signCommit'> => ({
  ...{ authSig, epoch: EPOCH, tokenId: TOKEN_ID, scheme, count },
});

async function shareRequest(changed: Partial<RequestOf<'signShare'>> = {}): Promise<RequestOf<'signShare'>> {
  const { commitments } = await handlers.signCommit(commitRequest(), contextWithLog().context);
  const own = commitments[0];
  if (own === undefined) throw new Error('no commitment');
  const { id, hiding, binding } = own;
  // The others' commitments are points; whose they are is nothing that a signer can know.
  const all = [1, 2, 3].map((party) => ({ party, id, hiding, binding }));
  return {
    ...{ authSig, epoch: EPOCH, tokenId: TOKEN_ID, scheme, commitments: all, requestId: 'request-1' },
    message: toHex(utf8('message')),
    ...changed,
  };
}

describe('signCommit', () => {
  it('answers as its route says, with the boot that the nonces live in', async () => {
    const answer = await handlers.signCommit(commitRequest(3), contextWithLog().context);
    parseMessage(ROUTES.signCommit.response, answer, 'answer');
    expect(answer.commitments).toHaveLength(3);
    expect(answer.bootId).toBe('b0'.repeat(16));
  });

  it('makes none for who may not sign, for another epoch, and for a scheme without nonces', async () => {
    const { context } = contextWithLog();
    const refused = (request: RequestOf<'signCommit'>) => codeOf(() => handlers.signCommit(request, context));
    expect(await refused({ ...commitRequest(), scheme: 'Bls12381' })).toBe('wire/bad-body');
    expect(await refused({ ...commitRequest(), epoch: 2 })).toBe('wire/stale-epoch');
    // Neither of these asked the chain.
    expect(keys.calls).toEqual({ keyId: 0, permission: 0 });
    keys.permitted.clear();
    expect(await refused(commitRequest())).toBe('permissions/denied');
    expect(signing.noncesHeld).toBe(0);
  });
});

describe('signShare', () => {
  it('answers as its route says, and brings the next commitment', async () => {
    const { context, lines } = contextWithLog();
    const answer = await handlers.signShare(await shareRequest(), context);
    parseMessage(ROUTES.signShare.response, answer, 'answer');
    expect(answer.party).toBe(1);
    expect(answer.nextCommitments).toHaveLength(1);
    expect(lines.join('')).toContain('signature.share-given');
    expect(lines.join('')).not.toContain(answer.share);
    expect(await metrics.registry.metrics()).toContain(
      `keymesh_partial_signatures_total{scheme="${scheme}",node="test"} 1`,
    );
  });

  it('gives a BLS share without nonces', async () => {
    const request = await shareRequest({ scheme: 'Bls12381', commitments: [] });
    const answer = await handlers.signShare(request, contextWithLog().context);
    parseMessage(ROUTES.signShare.response, answer, 'answer');
    expect(answer).not.toHaveProperty('nextCommitments');
  });

  it('refuses other content under the same id before it takes nonces', async () => {
    const { context } = contextWithLog();
    const request = await shareRequest();
    await handlers.signShare(request, context);
    const other = await shareRequest({ message: toHex(utf8('another message')) });
    const before = signing.noncesHeld;
    expect(await codeOf(() => handlers.signShare(other, context))).toBe('wire/request-id-reused');
    expect(signing.noncesHeld).toBe(before);
    // The very same request is not a reuse of its id; its nonces are gone.
    expect(await codeOf(() => handlers.signShare(request, context))).toBe('nonce/unknown');
    await handlers.signShare({ ...other, requestId: 'request-2' }, context);
  });

  it('binds no id for a caller who is not authorised', async () => {
    const { context } = contextWithLog();
    keys.permitted.clear();
    clock.advance(2_000);
    const request: RequestOf<'signShare'> = {
      ...{ authSig, epoch: EPOCH, tokenId: TOKEN_ID, scheme: 'Bls12381', commitments: [], requestId: 'request-1' },
      message: '00',
    };
    expect(await codeOf(() => handlers.signShare(request, context))).toBe('permissions/denied');
    keys.permitted.add(wallet.address.toLowerCase());
    clock.advance(2_000);
    await handlers.signShare({ ...request, message: '01' }, context);
  });

  it('asks nothing of the chain for an epoch that is over', async () => {
    const request = await shareRequest({ epoch: 2 });
    keys.calls.permission = 0;
    expect(await codeOf(() => handlers.signShare(request, contextWithLog().context))).toBe('wire/stale-epoch');
    expect(keys.calls.permission).toBe(0);
  });

  it('uses no share of an epoch that ended while the chain was asked', async () => {
    const request = await shareRequest();
    clock.advance(2_000);
    keys.holding = true;
    const answer = codeOf(() => handlers.signShare(request, contextWithLog().context));
    while (keys.release === undefined) await Promise.resolve();
    for (const { share } of current.shares) share.wipe();
    current = dealt.sharesOf(1, 2);
    keys.release();
    expect(await answer).toBe('wire/stale-epoch');
  });
});
