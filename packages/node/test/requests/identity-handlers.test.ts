import { SecretBytes, toHex } from '@keymesh/foundation';
import { parseMessage, ROUTES, verifyHandshake } from '@keymesh/protocol/routes';
import { describe, expect, it } from 'vitest';
import type { ChainSnapshot } from '../../src/chain/chain.ts';
import type { EpochInService } from '../../src/epochs/epoch-coordinator.ts';
import { Ed25519Signer } from '../../src/identity/ed25519.ts';
import { createIdentityHandlers } from '../../src/requests/identity-handlers.ts';
import { committee, snapshot } from '../epochs/member-under-test.ts';
import { dealEpoch } from './dealt-epoch.ts';
import { errorOf } from './expectations.ts';

const mesh = new Ed25519Signer(new SecretBytes(new Uint8Array(32).fill(5)));
const digest = new Uint8Array(32).fill(6);
const serving = {
  ...dealEpoch(4, 3).sharesOf(2),
  ...{ committee, attempt: 0, executionId: digest, transcriptDigest: digest, resultHash: digest },
} as unknown as EpochInService;

function handlersAt(latest: ChainSnapshot | undefined, epoch: EpochInService | undefined, met = true) {
  return createIdentityHandlers({
    ...{ version: '1.2.3', bootId: 'b0'.repeat(16), nodeAddress: committee.members[1]?.nodeAddress as string },
    ...{ meshIdentity: mesh.publicKey, sealingKey: new Uint8Array(32).fill(8) },
    sign: (bytes) => mesh.sign(bytes),
    currentEpoch: () => epoch,
    latestSnapshot: () => latest,
    hasMetMembers: () => met,
    walls: ['deno', 'bubblewrap'],
  });
}

const withHash = (of: ChainSnapshot): ChainSnapshot => ({
  ...of,
  block: { ...of.block, hash: `0x${'ab'.repeat(32)}` },
});

describe('a node in service', () => {
  const handlers = handlersAt(withHash(snapshot({ active: { resultHash: digest } })), serving);

  it('says who it is, signed for the challenge', async () => {
    const challenge = 'c0'.repeat(32);
    const answer = await handlers.handshake({ challenge });
    const parsed = parseMessage(ROUTES.handshake.response, answer, 'answer');
    expect(verifyHandshake(challenge, parsed)).toBe(true);
    expect(verifyHandshake('c1'.repeat(32), parsed)).toBe(false);
    expect(verifyHandshake(challenge, { ...parsed, epoch: 2 })).toBe(false);
    expect(parsed.meshIdentity).toBe(toHex(mesh.publicKey));
  });

  it('is ready', async () => {
    expect(await handlers.ready({})).toEqual({ ready: true, epoch: 1, party: 2 });
  });
});

describe('a node that has not met the others', () => {
  it('says who it is, and is not ready', async () => {
    const handlers = handlersAt(withHash(snapshot({ active: { resultHash: digest } })), serving, false);
    expect(await handlers.handshake({ challenge: '00'.repeat(32) })).toMatchObject({ party: 2 });
    const error = await errorOf(() => handlers.ready({}));
    expect(error.code).toBe('node/not-ready');
    expect(error.message).toMatch(/looks for the other members/);
  });
});

describe('a node that does not serve', () => {
  it('is alive all the same, and says why it is not ready', async () => {
    const noShare = withHash(snapshot({ active: { resultHash: digest } }));
    const voting = snapshot({ pending: { attempt: 1, excluded: [4], resultVoters: [1, 2] } });
    const reasons: [ChainSnapshot | undefined, RegExp][] = [
      [undefined, /has not reached the chain/],
      [snapshot({}), /no validator set is locked/],
      [voting, /attempt 2, without party 4; 2 of 3 votes/],
      [noShare, /holds no share of epoch 1/],
    ];
    for (const [latest, reason] of reasons) {
      const handlers = handlersAt(latest, undefined);
      expect(await handlers.health({})).toMatchObject({ status: 'ok', version: '1.2.3' });
      for (const ask of [() => handlers.ready({}), () => handlers.handshake({ challenge: '00'.repeat(32) })]) {
        const error = await errorOf(ask);
        expect(error.code).toBe('node/not-ready');
        expect(error.message).toMatch(reason);
      }
    }
  });
});
