import type { KeymeshError } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endSession, type Network, type SchemeName, type Session, type SignResult, sign } from '../src/index.ts';
import { freshConnection } from './testnet/connection.ts';
import * as faults from './testnet/faults.ts';
import { STEP_TIMEOUT_MS } from './testnet/mesh.ts';
import { Testnet, testBackends } from './testnet/testnet.ts';
import { fail, settle, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const { only } = faults;
const backends = await testBackends();
const testnets = [new Testnet(4, backends), new Testnet(7, backends)];
const [four] = testnets as [Testnet];
/** 32 bytes: a message of any scheme, and a digest. */
const message = new TextEncoder().encode('Pay 5 to Bob, and 3 to Carol, ok');
/** One of each kind, and a suite that looks at the parity of points. */
const SET_SCHEMES = ['SchnorrEd25519Sha512', 'SchnorrK256Taproot', 'EcdsaK256Sha256'] as const;
const ALL_SCHEMES = [...SET_SCHEMES, 'Bls12381'] as const satisfies SchemeName[];

interface Case {
  readonly fault: () => faults.Fault;
  /** Whether the node is caught in a lie. */
  readonly lies: boolean;
  /** With one such node. Milliseconds. */
  readonly withinMs: number;
  /** The code of the error where one node more than may be is like this, unless it is about too few. */
  readonly refusal?: string;
}

const AT_ONCE_MS = 400;
/** One pause until another node is asked, because of a silence. */
const A_PAUSE_MS = 4_300;

const silent: Record<string, Case> = {
  dead: { fault: () => faults.dead, lies: false, withinMs: AT_ONCE_MS },
  'behind a dead proxy': { fault: () => faults.badGateway, lies: false, withinMs: AT_ONCE_MS },
  redirecting: { fault: () => faults.redirecting, lies: false, withinMs: AT_ONCE_MS },
  hanging: { fault: () => faults.hanging, lies: false, withinMs: A_PAUSE_MS },
  deaf: { fault: () => faults.deaf, lies: false, withinMs: A_PAUSE_MS },
  trickling: { fault: () => faults.trickling, lies: false, withinMs: A_PAUSE_MS },
  slow: { fault: () => faults.slow(5_000), lies: false, withinMs: A_PAUSE_MS },
  'a little slow': { fault: () => faults.slow(900), lies: false, withinMs: A_PAUSE_MS },
};

const refusing: Record<string, Case> = {
  'refusing a permission': {
    ...{ fault: () => faults.refusing('permissions/denied'), lies: false, withinMs: AT_ONCE_MS },
    refusal: 'permissions/denied',
  },
  overloaded: {
    ...{ fault: () => faults.refusing('node/overloaded', 'environment'), lies: false, withinMs: AT_ONCE_MS },
    refusal: 'node/overloaded',
  },
  'denying without a seal': { fault: () => faults.unsealedDenial, lies: false, withinMs: AT_ONCE_MS },
  'accusing others': { fault: () => faults.accusing, lies: false, withinMs: AT_ONCE_MS, refusal: 'node/not-ready' },
};

/** Failures of the work together. In the worst case each costs a few tries, none of which waits. */
const coordinating: Record<string, Case> = {
  restarted: { fault: faults.restarted, lies: false, withinMs: AT_ONCE_MS },
  'losing every preparation': {
    ...{ fault: () => faults.forgetful, lies: false, withinMs: 2 * AT_ONCE_MS },
    refusal: 'signing/preparation-lost',
  },
  'saying that one other is silent': {
    ...{ fault: () => faults.accusingOf('one'), lies: false, withinMs: 2 * AT_ONCE_MS },
    refusal: 'signing/signer-silent',
  },
  'saying that all others are silent': {
    ...{ fault: () => faults.accusingOf('all'), lies: false, withinMs: AT_ONCE_MS },
    refusal: 'signing/signer-silent',
  },
  'overloaded in its stock': {
    fault: () => only('sign', faults.refusing('stock/overloaded', 'environment')),
    ...{ lies: false, withinMs: 2 * AT_ONCE_MS, refusal: 'stock/overloaded' },
  },
  'saying that pairs are burnt': {
    ...{ fault: () => faults.burningPairs, lies: false, withinMs: 3 * AT_ONCE_MS, refusal: 'stock/pair-burnt' },
  },
  "saying that others' pairs are burnt": {
    ...{ fault: () => faults.gossiping, lies: false, withinMs: 2 * AT_ONCE_MS, refusal: 'stock/pair-burnt' },
  },
  'suspecting all others': {
    ...{ fault: () => faults.suspecting, lies: false, withinMs: 2 * AT_ONCE_MS, refusal: 'stock/preparation-failed' },
  },
};

const lying: Record<string, Case> = {
  'sending garbage': { fault: () => faults.garbage, lies: true, withinMs: AT_ONCE_MS },
  'sending nothing': { fault: () => faults.empty, lies: true, withinMs: AT_ONCE_MS },
  'sending without end': { fault: () => faults.oversized, lies: true, withinMs: AT_ONCE_MS },
  'sending without a seal': { fault: () => faults.unsealed, lies: true, withinMs: AT_ONCE_MS },
  "using another node's seal": { fault: () => faults.otherSeal, lies: true, withinMs: AT_ONCE_MS },
  'adding to the form': { fault: () => faults.wrongForm, lies: true, withinMs: AT_ONCE_MS },
  'answering as another party': { fault: () => faults.wrongParty, lies: true, withinMs: AT_ONCE_MS },
  'sending a wrong share': { fault: () => faults.wrongShare, lies: true, withinMs: AT_ONCE_MS },
  'sending a malformed share': { fault: () => faults.malformedShare, lies: true, withinMs: AT_ONCE_MS },
  'sending a short share': { fault: () => faults.shortShare, lies: true, withinMs: AT_ONCE_MS },
};

/** Lies about what the share was made with. */
const misleading: Record<string, Case> = {
  'not saying what it used': { fault: () => faults.noPreparation, lies: true, withinMs: AT_ONCE_MS },
  'telling of a preparation of other signers': { fault: () => faults.foreignSigners, lies: true, withinMs: AT_ONCE_MS },
  'telling another story, with a share that does not fit': {
    ...{ fault: () => faults.badOtherStory, lies: true, withinMs: AT_ONCE_MS },
  },
};

const misleadingInFrost: Record<string, Case> = {
  'committing to no point': { fault: () => faults.malformedCommitment, lies: true, withinMs: AT_ONCE_MS },
  'leaving a commitment out': { fault: () => faults.shortCommitments, lies: true, withinMs: AT_ONCE_MS },
  'telling of another commitment of its own': {
    ...{ fault: () => faults.strangeCommitment, lies: true, withinMs: AT_ONCE_MS },
  },
};

const misleadingInEcdsa: Record<string, Case> = {
  'sending a malformed record': { fault: () => faults.malformedRecord, lies: true, withinMs: AT_ONCE_MS },
  'sending an empty record': { fault: () => faults.noRecord, lies: true, withinMs: AT_ONCE_MS },
  'sending a record of another key': { fault: () => faults.foreignKey, lies: true, withinMs: AT_ONCE_MS },
  'sending a wrong opening': { fault: () => faults.wrongOpening, lies: true, withinMs: AT_ONCE_MS },
  'leaving an opening out': { fault: () => faults.missingOpening, lies: true, withinMs: AT_ONCE_MS },
};

/** What cannot be told from what a hostile leader can make an honest node say. */
const contradicting: Record<string, Case> = {
  'telling another story': { fault: () => faults.otherStory, lies: false, withinMs: 3 * AT_ONCE_MS },
};

const contradictingInFrost: Record<string, Case> = {
  'giving the preparation another name': {
    ...{ fault: () => faults.otherPreparationId, lies: false, withinMs: 3 * AT_ONCE_MS },
  },
};

function casesOf(scheme: SchemeName): [string, Case][] {
  const { kind } = SCHEMES[scheme];
  return Object.entries({
    ...{ ...silent, ...refusing, ...lying },
    ...(kind === 'bls' ? {} : { ...coordinating, ...misleading, ...contradicting }),
    ...(kind === 'frost' ? { ...misleadingInFrost, ...contradictingInFrost } : {}),
    ...(kind === 'ecdsa' ? misleadingInEcdsa : {}),
  });
}

let network: Network;
let session: Session;

async function open(testnet: Testnet): Promise<void> {
  ({ network, session } = await freshConnection(testnet));
}

function signing(testnet: Testnet, scheme: SchemeName): () => Promise<SignResult> {
  return () => sign(network, { session, key: testnet.tokenId, scheme, message });
}

const ascending = (parties: readonly number[]): number[] => [...parties].sort((a, b) => a - b);

/** The order in which nodes are asked: of a set scheme the key's rotation. */
const orderOf = (testnet: Testnet, scheme: SchemeName): number[] =>
  scheme === 'Bls12381' ? testnet.nodes.map(({ party }) => party) : testnet.rotation();

beforeEach(useVirtualTime);
afterEach(() => {
  vi.useRealTimers();
});

describe.each(testnets.map((testnet) => [testnet.nodes.length, testnet] as const))('%i nodes', (n, testnet) => {
  const spares = n - testnet.threshold;
  beforeEach(() => open(testnet));

  describe.each(n === 4 ? ALL_SCHEMES : (['SchnorrEd25519Sha512', 'EcdsaK256Sha256', 'Bls12381'] as const))(
    '%s',
    (scheme) => {
      // The suites of FROST differ in nothing that matters here but the parity of points.
      const cases = scheme === 'SchnorrK256Taproot' ? casesOf(scheme).filter(([, { lies }]) => lies) : casesOf(scheme);
      const order = orderOf(testnet, scheme);

      test.each(cases)('as many nodes as may be, %s', async (_, { fault, lies, withinMs }) => {
        const bad = ascending(order.slice(0, spares));
        for (const party of bad) testnet.faults.set(party, fault());
        const { value, tookMs } = await succeed(signing(testnet, scheme));
        expect(value.culprits).toEqual(lies ? bad : []);
        expect(value.signers).toHaveLength(testnet.threshold);
        expect(tookMs).toBeLessThan(bad.length * withinMs);
      });

      // What ends with an error takes longest; one kind is enough for the large network.
      const tooMany =
        n === 4 ? cases.filter(() => scheme !== 'SchnorrK256Taproot') : scheme === 'EcdsaK256Sha256' ? cases : [];
      test.each(tooMany)('one node more than may be, %s: it ends, and names who lied', async (name, row) => {
        const bad = ascending(order.slice(0, spares + 1));
        for (const party of bad) testnet.faults.set(party, row.fault());
        const settled = await settle(signing(testnet, scheme));
        expect(settled.tookMs).toBeLessThan(25_000);
        // Of FROST only the leader is waited for, so slow ones may be in time.
        if (name === 'restarted' || name.includes('slow')) {
          expect((settled.value ?? (settled.error as KeymeshError)).culprits).toEqual([]);
          return;
        }
        const { code, culprits } = settled.error as KeymeshError;
        // Whoever is accused and has not answered yet may count as unreachable.
        expect(['sdk/too-few-nodes', row.refusal]).toContain(code);
        if (row.refusal !== 'signing/signer-silent') expect(code).toBe(row.refusal ?? 'sdk/too-few-nodes');
        expect(culprits).toEqual(row.lies ? bad : []);
      });

      test('a dead, and a lying node where there are two spares', async () => {
        if (spares < 2) return;
        const [dead, liar] = [order[0]!, order[3]!];
        testnet.faults.set(dead, faults.dead).set(liar, faults.wrongShare);
        const { value, tookMs } = await succeed(signing(testnet, scheme));
        expect(value).toMatchObject({ culprits: [liar] });
        expect(value.signers).toEqual(ascending(order.filter((party) => party !== dead && party !== liar)));
        expect(tookMs).toBeLessThan(2 * AT_ONCE_MS);
      });

      test('a slow, and a lying node where there are two spares', async () => {
        if (spares < 2) return;
        const [slow, liar] = [order[0]!, order[3]!];
        testnet.faults.set(slow, faults.hanging).set(liar, faults.wrongShare);
        const { value, tookMs } = await succeed(signing(testnet, scheme));
        expect(value).toMatchObject({ culprits: [liar] });
        expect(value.signers).toEqual(ascending(order.filter((party) => party !== slow && party !== liar)));
        expect(tookMs).toBeLessThan(2 * A_PAUSE_MS);
      });
    },
  );

  test.each(ALL_SCHEMES)('%s: a node that failed is asked last from then on', async (scheme) => {
    const [first] = orderOf(testnet, scheme);
    testnet.faults.set(first!, faults.hanging);
    await succeed(signing(testnet, scheme));
    testnet.fetched.length = 0;
    const { tookMs } = await succeed(signing(testnet, scheme));
    expect(testnet.fetched.some((url) => url.includes(`node-${first}.`))).toBe(false);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
  });

  describe.each(SET_SCHEMES)('%s, between nodes', (scheme) => {
    test('a node that its peers do not hear costs a pause, and is asked last from then on', async () => {
      const [first] = testnet.rotation();
      testnet.world.mesh.mute.add(first!);
      // Of FROST only a mute leader is missed. Which signer leads is chance.
      for (let i = 0; i < 3; i++) {
        const { value, tookMs } = await succeed(signing(testnet, scheme));
        expect(value.culprits).toEqual([]);
        expect(tookMs).toBeLessThan(STEP_TIMEOUT_MS + AT_ONCE_MS);
      }
      if (SCHEMES[scheme].kind !== 'ecdsa') return;
      testnet.fetched.length = 0;
      await succeed(signing(testnet, scheme));
      expect(testnet.fetched.some((url) => url.includes(`node-${first}.`))).toBe(false);
    });

    test('leaders that tell signers of different preparations', async () => {
      const bad = testnet.rotation().slice(0, spares);
      for (const party of bad) testnet.world.mesh.equivocating.add(party);
      for (let i = 0; i < 4; i++) {
        const { value } = await succeed(signing(testnet, scheme));
        expect(value.culprits).toEqual([]);
      }
    });
  });

  test('a pair that is burnt signs ECDSA apart, and FROST together', async () => {
    const [first, second] = testnet.rotation() as [number, number];
    testnet.world.burnt.push([first, second]);
    const { value: apart, tookMs } = await succeed(signing(testnet, 'EcdsaK256Sha256'));
    expect([first, second].every((party) => apart.signers.includes(party))).toBe(false);
    expect(tookMs).toBeLessThan(AT_ONCE_MS);
    const { value: together } = await succeed(signing(testnet, 'SchnorrEd25519Sha512'));
    expect(together.signers).toEqual(expect.arrayContaining([first, second]));
  });
});

describe('errors', () => {
  beforeEach(() => open(four));

  test.each(ALL_SCHEMES)('%s: two of four nodes dead', async (scheme) => {
    const [first, second, third] = orderOf(four, scheme) as [number, number, number];
    for (const dead of [
      [first, second],
      [second, third],
      [first, orderOf(four, scheme)[3]!],
    ]) {
      await open(four);
      for (const party of dead) four.faults.set(party, faults.dead);
      const { error, tookMs } = await fail(signing(four, scheme));
      expect(error).toMatchObject({ code: 'sdk/too-few-nodes', details: { needed: 3, total: 4, reachable: 2 } });
      expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable.');
      expect(tookMs).toBeLessThan(scheme === 'Bls12381' ? 1_500 : 600);
    }
  });

  test.each(SET_SCHEMES)('%s: two of four nodes hang', async (scheme) => {
    const [first, second] = four.rotation() as [number, number];
    four.faults.set(first, faults.hanging).set(second, faults.hanging);
    const { error, tookMs } = await fail(signing(four, scheme));
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable.');
    expect(tookMs).toBeLessThan(15_000);
  });

  test('a pair that is burnt in every set', async () => {
    four.world.burnt.push([1, 2], [3, 4]);
    const { error, tookMs } = await fail(signing(four, 'EcdsaK256Sha256'));
    expect(error).toMatchObject({ code: 'stock/pair-burnt', fault: 'environment' });
    expect(tookMs).toBeLessThan(2 * AT_ONCE_MS);
  });

  test.each([
    ['nobody else at fault', undefined],
    ['one node dead', faults.dead],
    ['one node hanging', faults.hanging],
    ['one node lying', faults.garbage],
    ['one node sending wrong shares', faults.wrongShare],
    ['one node overloaded', faults.refusing('node/overloaded', 'environment')],
    ['one node accusing', faults.accusingOf('all')],
  ])('a missing permission is said by its own code: %s', async (_, fault) => {
    const denying = faults.refusing('permissions/denied', 'caller', 'Not yours.');
    for (const scheme of SET_SCHEMES) {
      for (const bad of [1, 2, 3, 4]) {
        await open(four);
        for (const party of [1, 2, 3, 4]) four.faults.set(party, denying);
        if (fault !== undefined) four.faults.set(bad, fault);
        const { error, tookMs } = await fail(signing(four, scheme));
        expect(error).toMatchObject({ code: 'permissions/denied', fault: 'caller', message: 'Not yours.' });
        expect(tookMs).toBeLessThan(2 * AT_ONCE_MS);
      }
    }
  });

  test("a lone refusal does not hide that others' answers were good", async () => {
    for (const scheme of ALL_SCHEMES) {
      await open(four);
      const [first, second] = orderOf(four, scheme) as [number, number];
      four.faults.set(first, faults.dead).set(second, faults.refusing('permissions/denied'));
      const { error } = await fail(signing(four, scheme));
      expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 3 reachable, 1 of them refusing.');
      expect(error.hint).toContain('It says permissions/denied.');
    }
  });

  test('what a node says cannot write on a terminal or convict anybody', async () => {
    for (const scheme of ALL_SCHEMES) {
      for (const party of [1, 2, 3, 4]) four.faults.set(party, faults.accusing);
      const { error } = await fail(signing(four, scheme));
      expect(error).toMatchObject({ code: 'node/not-ready', fault: 'environment', culprits: [] });
      expect(error.message).toBe(' [31mThey did it. ');
    }
  });

  test('an ended session is our own affair: nobody is asked or blamed', async () => {
    endSession(session);
    for (const scheme of ALL_SCHEMES) {
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
    const [first, ...rest] = four.rotation();
    four.faults.set(first!, only('sign', faults.hanging));
    const running = settle(signing(four, 'EcdsaK256Sha256'));
    const ending = new Promise((resolve) => setTimeout(resolve, 0)).then(() => endSession(session));
    const { error } = await running;
    await ending;
    expect(error).toMatchObject({ code: 'sdk/session-unusable', culprits: [] });
    // The one that hung is asked last from now on, nobody else.
    const order = network.health.order([first!, ...rest].map((party) => ({ party })));
    expect(order.map(({ party }) => party)).toEqual([...rest, first]);
  });

  test('a key that nobody minted', async () => {
    const { error } = await fail(() =>
      sign(network, { session, key: `0x${'12'.repeat(32)}`, scheme: 'Bls12381', message }),
    );
    expect(error).toMatchObject({ code: 'sdk/unknown-key', fault: 'caller' });
    expect(four.countOf('sign')).toBe(0);
  });

  test('a forged key object does not make honest nodes look like liars', async () => {
    const forged = { tokenId: four.tokenId, keyId: new Uint8Array(32), publicKey: '0x04', address: '0x' };
    for (const scheme of SET_SCHEMES) {
      const { value } = await succeed(() => sign(network, { session, key: forged, scheme, message }));
      expect(value.culprits).toEqual([]);
    }
  });

  test('a restart of all nodes costs tries and no blame', async () => {
    for (const party of [1, 2, 3, 4]) four.faults.set(party, faults.restarted());
    const { value, tookMs } = await succeed(signing(four, 'EcdsaK256Sha256'));
    expect(value.culprits).toEqual([]);
    expect(tookMs).toBeLessThan(2 * AT_ONCE_MS);
  });
});
