import { fromHex, utf8 } from '@keymesh/foundation';
import {
  decryptionResource,
  type FactRequest,
  factKey,
  hashConditions,
  identityOf,
} from '@keymesh/protocol/conditions';
import { parseMessage, type RequestOf, ROUTES } from '@keymesh/protocol/routes';
import { capability } from '@keymesh/protocol/sessions';
import { nobleBls, verifyPartial } from '@keymesh/threshold/bls';
import { evaluateCommitments } from '@keymesh/threshold/sharing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FactSource } from '../../src/conditions/fact-source.ts';
import { NodeError } from '../../src/errors.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { Authorization } from '../../src/requests/authorization.ts';
import { createDecryptHandler, type DecryptHandler } from '../../src/requests/decrypt-handler.ts';
import { RequestIds } from '../../src/requests/request-ids.ts';
import { createServing, type EpochShares } from '../../src/requests/serving-epoch.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { curves, dealEpoch, EPOCH } from './dealt-epoch.ts';
import { codeOf, errorOf } from './expectations.ts';
import { FakeKeys } from './fake-keys.ts';
import { contextWithLog } from './request-context.ts';
import { NODE_URL, sessionOf, walletOf } from './wallet-session.ts';

const wallet = walletOf(1);
const dealt = dealEpoch(4, 3);
const DATA_HASH = 'da'.repeat(32);
const block = { number: 5, hash: `0x${'bb'.repeat(32)}` };

const balanceAbove = (wei: string) => [
  {
    contractAddress: '',
    standardContractType: '',
    chain: 'localchain',
    method: 'eth_getBalance',
    parameters: [':userAddress', 'latest'],
    returnValueTest: { comparator: '>=', value: wei },
  },
];

/** Every wallet has 100 wei. Tests may let it wait, or be dead. */
class FakeFacts implements FactSource {
  asked: FactRequest[] = [];
  dead = false;
  gate: Promise<void> = Promise.resolve();
  async read(requests: readonly FactRequest[]) {
    this.asked.push(...requests);
    await this.gate;
    if (this.dead) throw new NodeError('Dead.', { code: 'chain/unreachable', fault: 'environment' });
    const answers = new Map(requests.map((request) => [factKey(request), { kind: 'balance', wei: 100n } as const]));
    return { answers, blocks: { localchain: block } };
  }
}

let clock: VirtualClock;
let facts: FakeFacts;
let current: EpochShares;
let decrypt: DecryptHandler;

beforeEach(() => {
  clock = new VirtualClock();
  facts = new FakeFacts();
  current = dealt.sharesOf(2);
  const notReady = () => new NodeError('Not yet.', { code: 'node/not-ready', fault: 'environment' });
  decrypt = createDecryptHandler({
    authorization: new Authorization(() => NODE_URL, { clock, keys: new FakeKeys() }),
    requestIds: new RequestIds(clock),
    serving: createServing(() => current, curves, notReady),
    ...{ facts, bls: nobleBls, random: seededRandom(1), metrics: createMetrics('test', '0') },
  });
});

async function request(
  changed: { wei?: string; resource?: string; requestId?: string; epoch?: number } = {},
): Promise<RequestOf<'decrypt'>> {
  const { wei = '100', requestId = 'request-1', epoch = EPOCH } = changed;
  const parsed = parseMessage(
    ROUTES.decrypt.request,
    {
      authSig: { sig: '', derivedVia: '', signedMessage: '', address: '' },
      accessControlConditions: balanceAbove(wei),
      ...{ dataToEncryptHash: DATA_HASH, chain: 'localchain', epoch, requestId },
    },
    'request',
  );
  const resource = changed.resource ?? decryptionResource(conditionsHash(parsed), DATA_HASH);
  const granted = capability('access-control-condition-decryption', resource);
  return { ...parsed, authSig: await sessionOf({ wallet, capabilities: [granted], now: clock.now() }) };
}

function conditionsHash(parsed: RequestOf<'decrypt'>): string {
  return hashConditions(parsed.accessControlConditions as NonNullable<typeof parsed.accessControlConditions>);
}

describe('decrypt', () => {
  it('gives the share of the identity that is made of the judged conditions, and names the block', async () => {
    const asked = await request();
    const { context, lines } = contextWithLog();
    const answer = await decrypt(asked, context);
    parseMessage(ROUTES.decrypt.response, answer, 'answer');
    expect(answer.blocks).toEqual({ localchain: block });
    const { curve, commitments } = dealt.servingOf(2).root('bls12381-decryption');
    const verifyingShare = curve.encodePoint(evaluateCommitments(curve, commitments, 2));
    const identity = utf8(identityOf(conditionsHash(asked), DATA_HASH));
    const partial = { party: answer.party, value: fromHex(answer.share) };
    expect(verifyPartial(nobleBls, verifyingShare, identity, partial)).toBe(true);
    // Other conditions have another identity, so this share is of no use for them.
    const other = utf8(identityOf(conditionsHash(await request({ wei: '0' })), DATA_HASH));
    expect(verifyPartial(nobleBls, verifyingShare, other, partial)).toBe(false);
    expect(lines.join('')).not.toContain(answer.share);
  });

  it('judges the conditions for the wallet of the session', async () => {
    await decrypt(await request(), contextWithLog().context);
    expect(facts.asked).toEqual([{ kind: 'balance', chain: 'localchain', address: wallet.address.toLowerCase() }]);
  });

  it('refuses who does not satisfy them, and says what is missing', async () => {
    const error = await errorOf(async () => decrypt(await request({ wei: '101' }), contextWithLog().context));
    expect(error.code).toBe('conditions/denied');
    expect(error.message).toContain('101');
  });

  it('refuses a session for other conditions before it asks a chain', async () => {
    const resource = decryptionResource('00'.repeat(32), DATA_HASH);
    expect(await codeOf(async () => decrypt(await request({ resource }), contextWithLog().context))).toBe(
      'session/capability-missing',
    );
    expect(await codeOf(async () => decrypt(await request({ epoch: 9 }), contextWithLog().context))).toBe(
      'wire/stale-epoch',
    );
    expect(facts.asked).toEqual([]);
  });

  it('gives nothing while the chain cannot be asked', async () => {
    facts.dead = true;
    expect(await codeOf(async () => decrypt(await request(), contextWithLog().context))).toBe('chain/unreachable');
  });

  it('refuses other content under the same request id', async () => {
    const { context } = contextWithLog();
    await decrypt(await request({ resource: '*' }), context);
    await decrypt(await request({ resource: '*' }), context);
    expect(await codeOf(async () => decrypt(await request({ resource: '*', wei: '1' }), context))).toBe(
      'wire/request-id-reused',
    );
  });

  it('uses no share of an epoch that ended while chains were asked', async () => {
    let open: () => void = () => {};
    facts.gate = new Promise((resolve) => {
      open = resolve;
    });
    const asked = await request();
    const answer = codeOf(() => decrypt(asked, contextWithLog().context));
    while (facts.asked.length === 0) await Promise.resolve();
    for (const { share } of current.shares) share.wipe();
    current = dealt.sharesOf(2, 2);
    open();
    expect(await answer).toBe('wire/stale-epoch');
  });
});
