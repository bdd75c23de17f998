import { SecretBytes } from '@keymesh/foundation';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endSession, type Network, type SchemeName, type Session, type SignResult, sign } from '../src/index.ts';
import { NodeHealth } from '../src/network/network.ts';
import { CommitmentStock } from '../src/signing/commitment-stock.ts';
import * as faults from './testnet/faults.ts';
import { NONCE_LIFETIME_MS } from './testnet/node.ts';
import { Testnet, testBackends } from './testnet/testnet.ts';
import { fail, settle, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const { only } = faults;
const backends = await testBackends();
const testnets = [new Testnet(4, backends), new Testnet(7, backends)];
const [four] = testnets as [Testnet];
const message = new TextEncoder().encode('Pay 5 to Bob.');
/** Two of the three suites differ in nothing that matters here but the parity of points: the large network has one. */
const SCHEMES = ['SchnorrEd25519Sha512', 'SchnorrK256Taproot', 'Bls12381'] as const satisfies SchemeName[];

interface Case {
  readonly fault: () => faults.Fault;
  /** Whether the node is caught in a lie. */
  readonly lies: boolean;
  /** With one such node. Milliseconds. */
  readonly withinMs: number;
}

const AT_ONCE_MS = 400;
/** One pause until a spare is asked. */
const A_PAUSE_MS = 2_200;
const TWO_PAUSES_MS = 4_000;

const silent: Record<string, Case> = {
  dead: { fault: () => faults.dead, lies: false, withinMs: AT_ONCE_MS },
  'behind a dead proxy': { fault: () => faults.badGateway, lies: false, withinMs: AT_ONCE_MS },
  redirecting: { fault: () => faults.redirecting, lies: false, withinMs: AT_ONCE_MS },
  hanging: { fault: () => faults.hanging, lies: false, withinMs: A_PAUSE_MS },
  deaf: { fault: () => faults.deaf, lies: false, withinMs: A_PAUSE_MS },
  trickling: { fault: () => faults.trickling, lies: false, withinMs: A_PAUSE_MS },
  slow: { fault: () => faults.slow(5_000), lies: false, withinMs: A_PAUSE_MS },
  'a little slow': { fault: () => faults.slow(900), lies: false, withinMs: A_PAUSE_MS },
  'dead in round 2': { fault: () => only('signShare', faults.dead), lies: false, withinMs: AT_ONCE_MS },
  'hanging in round 2': { fault: () => only('signShare', faults.hanging), lies: false, withinMs: A_PAUSE_MS },
  'deaf in round 2': { fault: () => only('signShare', faults.deaf), lies: false, withinMs: A_PAUSE_MS },
};

const refusing: Record<string, Case> = {
  'refusing a permission': { fault: () => faults.refusing('permissions/denied'), lies: false, withinMs: AT_ONCE_MS },
  'overloaded in round 2': {
    fault: () => only('signShare', faults.refusing('node/overloaded', 'environment')),
    lies: false,
    withinMs: AT_ONCE_MS,
  },
  'denying without a seal': { fault: () => faults.unsealedDenial, lies: false, withinMs: AT_ONCE_MS },
  'accusing others': { fault: () => faults.accusing, lies: false, withinMs: AT_ONCE_MS },
};

const forgetting: Record<string, Case> = {
  restarted: { fault: faults.restarted, lies: false, withinMs: AT_ONCE_MS },
  'forgetting every nonce': { fault: () => faults.forgetful, lies: false, withinMs: AT_ONCE_MS },
};

const lying: Record<string, Case> = {
  'sending garbage': { fault: () => faults.garbage, lies: true, withinMs: AT_ONCE_MS },
  'sending nothing': { fault: () => faults.empty, lies: true, withinMs: AT_ONCE_MS },
  'sending without end': { fault: () => faults.oversized, lies: true, withinMs: AT_ONCE_MS },
  'sending without a seal': { fault: () => faults.unsealed, lies: true, withinMs: AT_ONCE_MS },
  "using another node's seal": { fault: () => faults.otherSeal, lies: true, withinMs: AT_ONCE_MS },
  'adding to the form': { fault: () => faults.wrongForm, lies: true, withinMs: AT_ONCE_MS },
  'answering as another party': { fault: () => only('signShare', faults.wrongParty), lies: true, withinMs: AT_ONCE_MS },
  'sending a wrong share': { fault: () => only('signShare', faults.wrongShare), lies: true, withinMs: AT_ONCE_MS },
  'sending a malformed share': { fault: () => faults.malformedShare, lies: true, withinMs: AT_ONCE_MS },
  'sending a short share': { fault: () => faults.shortShare, lies: true, withinMs: AT_ONCE_MS },
};

const lyingInRound1: Record<string, Case> = {
  'committing to no point': { fault: () => faults.malformedCommitment, lies: true, withinMs: AT_ONCE_MS },
  'committing to nothing': { fault: () => faults.noCommitment, lies: true, withinMs: AT_ONCE_MS },
  'committing to a strange nonce': { fault: () => faults.strangeCommitment(), lies: true, withinMs: AT_ONCE_MS },
};

const everywhere = { ...silent, ...refusing, ...lying };

/** Connecting is tested elsewhere: one connection and session serve all tests, with nothing remembered of nodes. */
const connections = new Map<Testnet, { readonly network: Network; readonly session: Session }>();
let network: Network;
let session: Session;

async function open(testnet: Testnet): Promise<void> {
  testnet.reset();
  let opened = connections.get(testnet);
  if (opened === undefined) {
    const { value: connected } = await succeed(() => testnet.connect());
    opened = { network: connected, session: (await succeed(() => testnet.session(connected))).value };
    connections.set(testnet, opened);
    testnet.reset();
  }
  const { key } = opened.session;
  const secretKey = key.secretKey.expose((bytes) => new SecretBytes(bytes.slice()));
  network = { ...opened.network, health: new NodeHealth() };
  session = { ...opened.session, key: { ...key, secretKey }, commitments: new CommitmentStock() };
}

function signing(testnet: Testnet, scheme: SchemeName): () => Promise<SignResult> {
  return () => sign(network, { session, key: testnet.tokenId, scheme, message });
}

beforeEach(useVirtualTime);
afterEach(() => {
  vi.useRealTimers();
});

describe.each(testnets.map((testnet) => [testnet.nodes.length, testnet] as const))('%i nodes', (n, testnet) => {
  const spares = n - testnet.threshold;
  beforeEach(() => open(testnet));

  describe.each(n === 4 ? SCHEMES : (['SchnorrEd25519Sha512', 'Bls12381'] as const))('%s', (scheme) => {
    const cases = Object.entries(
      scheme === 'Bls12381' ? everywhere : { ...everywhere, ...forgetting, ...lyingInRound1 },
    );

    test.each(cases)('as many nodes as may be, %s', async (_, { fault, lies, withinMs }) => {
      const bad = [1, 2, 3].slice(0, spares);
      for (const party of bad) testnet.faults.set(party, fault());
      const { value, tookMs } = await succeed(signing(testnet, scheme));
      expect(value.culprits).toEqual(lies ? bad : []);
      expect(value.signers).toHaveLength(testnet.threshold);
      expect(tookMs).toBeLessThan(bad.length * withinMs);
    });

    test.each(cases)('one node more than may be, %s: it ends, and names who lied', async (name, { fault, lies }) => {
      const bad = [1, 2, 3, 4].slice(0, spares + 1);
      for (const party of bad) testnet.faults.set(party, fault());
      const settled = await settle(signing(testnet, scheme));
      if (['a little slow', 'slow', 'restarted'].includes(name)) {
        expect(settled.value?.culprits).toEqual([]);
        return;
      }
      const refusals: Record<string, string> = {
        'refusing a permission': 'permissions/denied',
        'overloaded in round 2': 'node/overloaded',
        'accusing others': 'node/not-ready',
        'forgetting every nonce': 'nonce/unknown',
      };
      expect(settled.error).toMatchObject({
        code: refusals[name] ?? 'sdk/too-few-nodes',
        culprits: lies ? bad : [],
      });
      expect(settled.tookMs).toBeLessThan(20_000);
    });

    test('a dead, and a lying node where there are two spares', async () => {
      if (spares < 2) return;
      testnet.faults.set(1, faults.dead).set(4, faults.wrongShare);
      const { value, tookMs } = await succeed(signing(testnet, scheme));
      expect(value).toMatchObject({ culprits: [4], signers: [2, 3, 5, 6, 7] });
      expect(tookMs).toBeLessThan(AT_ONCE_MS);
    });

    test('a slow, and a lying node where there are two spares', async () => {
      if (spares < 2) return;
      testnet.faults.set(1, only('signShare', faults.hanging)).set(4, faults.wrongShare);
      const { value, tookMs } = await succeed(signing(testnet, scheme));
      expect(value).toMatchObject({ culprits: [4], signers: [2, 3, 5, 6, 7] });
      expect(tookMs).toBeLessThan(TWO_PAUSES_MS);
    });
  });

  test.each(SCHEMES)('%s: a node that failed is asked last from then on', async (scheme) => {
    testnet.faults.set(1, faults.hanging);
    await succeed(signing(testnet, scheme));
    testnet.fetched.length = 0;
    const { tookMs } = await succeed(signing(testnet, scheme));
    expect(testnet.fetched.some((url) => url.includes('node-1'))).toBe(false);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
  });
});

describe('errors', () => {
  beforeEach(() => open(four));

  test('two of four nodes dead', async () => {
    four.faults.set(1, faults.dead).set(2, faults.dead);
    for (const scheme of SCHEMES) {
      const { error, tookMs } = await fail(signing(four, scheme));
      expect(error).toMatchObject({ code: 'sdk/too-few-nodes', details: { needed: 3, total: 4, reachable: 2 } });
      expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable.');
      expect(tookMs).toBeLessThan(1_500);
    }
  });

  test('two of four nodes die between the rounds: 3 needed, not what is missing', async () => {
    four.faults.set(1, only('signShare', faults.dead)).set(2, only('signShare', faults.dead));
    for (const scheme of SCHEMES) {
      const { error } = await fail(signing(four, scheme));
      expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable.');
    }
  });

  test.each([
    ['nobody else at fault', undefined],
    ['one node dead', faults.dead],
    ['one node hanging', faults.hanging],
    ['one node lying', faults.garbage],
    ['one node sending wrong shares', faults.wrongShare],
    ['one node overloaded', faults.refusing('node/overloaded', 'environment')],
  ])('a missing permission is said by its own code: %s', async (_, fault) => {
    const key = { session, key: four.tokenId, scheme: 'SchnorrEd25519Sha512', message } as const;
    for (const party of [1, 2, 3, 4])
      four.faults.set(party, faults.refusing('permissions/denied', 'caller', 'Not yours.'));
    for (const party of [1, 4]) {
      if (fault === undefined) continue;
      four.faults.set(party, fault);
      const { error } = await fail(() => sign(network, key));
      expect(error).toMatchObject({ code: 'permissions/denied', fault: 'caller', message: 'Not yours.' });
      four.faults.set(party, faults.refusing('permissions/denied', 'caller', 'Not yours.'));
    }
    const { error, tookMs } = await fail(() => sign(network, key));
    expect(error).toMatchObject({ code: 'permissions/denied', message: 'Not yours.' });
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
  });

  test("a lone refusal does not hide that others' answers were good", async () => {
    four.faults.set(1, faults.dead).set(2, faults.refusing('permissions/denied'));
    const { error } = await fail(signing(four, 'Bls12381'));
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 3 reachable, 1 of them refusing.');
    expect(error.hint).toContain('It says permissions/denied.');
  });

  test('what a node says cannot write on a terminal or convict anybody', async () => {
    for (const party of [1, 2, 3, 4]) four.faults.set(party, faults.accusing);
    const { error } = await fail(signing(four, 'Bls12381'));
    expect(error).toMatchObject({ code: 'node/not-ready', fault: 'environment', culprits: [] });
    expect(error.message).toBe(' [31mThey did it. ');
  });

  test('an ended session is our own affair: nobody is asked or blamed', async () => {
    endSession(session);
    for (const scheme of SCHEMES) {
      const { error } = await fail(signing(four, scheme));
      expect(error).toMatchObject({ code: 'sdk/session-unusable', fault: 'caller' });
    }
    expect(four.fetched).toEqual([]);
  });

  test('keys that answers were sealed to are wiped, also of nodes that never answered', async () => {
    const keys: Uint8Array[] = [];
    const random = (length: number): Uint8Array => {
      const bytes = network.platform.random(length);
      if (length === 32) keys.push(bytes);
      return bytes;
    };
    four.faults.set(1, faults.hanging).set(2, faults.dead);
    const watched = { ...network, platform: { ...network.platform, random } };
    await settle(() => sign(watched, { session, key: four.tokenId, scheme: 'Bls12381', message }));
    expect(keys.length).toBe(4);
    for (const key of keys) expect([...key]).toEqual(Array(32).fill(0));
  });

  test('a session that ends while nodes are asked', async () => {
    four.faults.set(1, only('signShare', faults.hanging));
    const running = settle(signing(four, 'SchnorrEd25519Sha512'));
    const ending = new Promise((resolve) => setTimeout(resolve, 0)).then(() => endSession(session));
    const { error } = await running;
    await ending;
    expect(error).toMatchObject({ code: 'sdk/session-unusable', culprits: [] });
    // The one that hung is asked last from now on, nobody else.
    expect(network.health.order(network.nodes).map(({ party }) => party)).toEqual([2, 3, 4, 1]);
  });

  test('a key that nobody minted', async () => {
    const { error } = await fail(() =>
      sign(network, { session, key: `0x${'12'.repeat(32)}`, scheme: 'Bls12381', message }),
    );
    expect(error).toMatchObject({ code: 'sdk/unknown-key', fault: 'caller' });
    expect(four.countOf('signShare')).toBe(0);
  });

  test('a forged key object does not make honest nodes look like liars', async () => {
    const forged = { tokenId: four.tokenId, keyId: new Uint8Array(32), publicKey: '0x04', address: '0x' };
    const { value } = await succeed(() =>
      sign(network, { session, key: forged, scheme: 'SchnorrEd25519Sha512', message }),
    );
    expect(value.culprits).toEqual([]);
  });

  test('nonces in stock that expired are not used', async () => {
    await succeed(signing(four, 'SchnorrEd25519Sha512'));
    const long = (await succeed(() => four.session(network, 2 * NONCE_LIFETIME_MS))).value;
    const key = { session: long, key: four.tokenId, scheme: 'SchnorrEd25519Sha512', message } as const;
    await succeed(() => sign(network, key));
    vi.setSystemTime(Date.now() + NONCE_LIFETIME_MS - 1_000);
    four.fetched.length = 0;
    await succeed(() => sign(network, key));
    expect(four.countOf('signCommit')).toBe(9);
  });

  test('a restart of all nodes between two signatures costs one more try', async () => {
    await succeed(signing(four, 'SchnorrEd25519Sha512'));
    for (const node of four.nodes) node.forgetNonces();
    const { value } = await succeed(signing(four, 'SchnorrEd25519Sha512'));
    expect(value).toMatchObject({ culprits: [], signers: [1, 2, 3] });
  });
});
