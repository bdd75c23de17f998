import { fromHex, type PartyIndex } from '@keymesh/foundation';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ASSIGNED_ARRIVAL_TIMEOUT_MS,
  EARLY_SESSIONS_MAX,
  SIGNING_PREPARING_TIMEOUT_MS,
  SIGNING_SESSION_LIFETIME_MS,
  SIGNING_SESSIONS_MAX,
  SIGNING_STEP_TIMEOUT_MS,
} from '../../src/signing/limits.ts';
import type { PreparedRequest } from '../../src/signing/request.ts';
import { SigningSessions } from '../../src/signing/signing-sessions.ts';
import type { Preparation } from '../../src/stock/preparation.ts';
import { settle } from '../epochs/manual-clock.ts';
import { seededRandom, unit } from '../mesh/virtual-clock.ts';
import { codeOf } from '../requests/expectations.ts';
import { PreparationSource } from '../stock/preparations.ts';
import { requestOf, SessionBus } from './session-bus.ts';
import { isSignature } from './signature-check.ts';

const FROST = 'SchnorrEd25519Sha512';
const ECDSA = 'EcdsaK256Sha256';
const ALL = [1, 2, 3];
type Halves = Map<PartyIndex, Preparation>;

let source: PreparationSource;
let bus: SessionBus;
beforeAll(() => {
  source = new PreparationSource({ parties: 3, threshold: 3, withSetups: true });
});
beforeEach(() => {
  bus = new SessionBus(source.bus.dealt);
});

const make = (scheme: typeof FROST | typeof ECDSA, owner: PartyIndex, count = 1): Halves[] =>
  source.make(scheme, ALL, owner, count);
const one = (scheme: typeof FROST | typeof ECDSA, owner: PartyIndex): Halves => make(scheme, owner)[0] as Halves;
const idOf = (halves: Halves): Uint8Array => fromHex(halves.get(1)?.id ?? '');
const entropy = new Uint8Array(0);
const STEP_OF_TIME_MS = 250;
const check = (request: PreparedRequest): boolean => isSignature(bus.signer(1).epoch, request, bus.partials(request));

/** A client's requests and the messages of signers, in an order that the seed decides. */
async function schedule(seed: number, requests: readonly PreparedRequest[]): Promise<void> {
  const random = seededRandom(seed);
  const asks = requests.flatMap((request) => ALL.map((party) => () => bus.ask(party, request)));
  for (;;) {
    const choices = asks.length + bus.flights.length;
    if (choices === 0) return;
    const at = Math.floor(unit(random) * choices);
    if (at < asks.length) asks.splice(at, 1)[0]?.();
    else bus.deliver(at - asks.length);
    await settle();
  }
}

/** Lets time pass in steps that signers count as none, and delivers what they say meanwhile. */
async function passTime(on: SessionBus, totalMs: number): Promise<void> {
  for (let leftMs = totalMs; leftMs > 0; leftMs -= STEP_OF_TIME_MS) {
    on.clock.advance(Math.min(leftMs, STEP_OF_TIME_MS));
    await on.run();
  }
}

describe('a request', () => {
  it('ends in a signature, in every order of all messages of FROST', async () => {
    // Three requests of the client and two assignments: each order of these in which an assignment follows its cause.
    const orders = new Set<string>();
    for (let order: number[] | undefined = []; order !== undefined; ) {
      bus = new SessionBus(source.bus.dealt);
      const request = requestOf(FROST, { leader: 2, number: orders.size });
      bus.stock(one(FROST, 2));
      const asks = [...ALL];
      // The given choices, and then the first of what there is, until nothing is left.
      const made: { choice: number; choices: number }[] = [];
      for (;;) {
        const choices = asks.length + bus.flights.length;
        if (choices === 0) break;
        const choice = order[made.length] ?? 0;
        made.push({ choice, choices });
        if (choice < asks.length) bus.ask(asks.splice(choice, 1)[0] as PartyIndex, request);
        else bus.deliver(choice - asks.length);
        await settle();
      }
      orders.add(made.map(({ choice }) => choice).join());
      expect(check(request)).toBe(true);
      expect(bus.stocked).toBe(0);
      // The next in the order of an odometer.
      const last = made.findLastIndex(({ choice, choices }) => choice + 1 < choices);
      order =
        last < 0 ? undefined : [...made.slice(0, last).map(({ choice }) => choice), (made[last]?.choice ?? 0) + 1];
    }
    expect(orders.size).toBe(40);
  });

  it.each([FROST, ECDSA] as const)('%s: several at once end in signatures, whatever the order', async (scheme) => {
    for (let seed = 0; seed < (scheme === FROST ? 40 : 6); seed++) {
      bus = new SessionBus(source.bus.dealt);
      const requests = [1, 2].map((number) =>
        requestOf(scheme, { leader: 1 + (seed % 3), number: 10 * seed + number }),
      );
      for (const halves of make(scheme, 1 + (seed % 3), 2)) bus.stock(halves);
      await schedule(seed, requests);
      for (const request of requests) expect([seed, check(request)]).toEqual([seed, true]);
      expect(bus.stocked).toBe(0);
    }
  });

  it.each([FROST, ECDSA] as const)('%s: waits for a preparation that the leader has to make', async (scheme) => {
    const request = requestOf(scheme, { leader: 1 });
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    // Longer than a step: the others have heard why.
    await bus.wait(SIGNING_STEP_TIMEOUT_MS + 1_000);
    const halves = one(scheme, 1);
    bus.stock(halves, [2, 3]);
    bus
      .signer(1)
      .waiting.shift()
      ?.resolve(halves.get(1) as Preparation);
    await bus.run();
    expect(check(request)).toBe(true);
  });

  it.each([FROST, ECDSA] as const)('%s: waits for a preparation that is not yet here but assigned', async (scheme) => {
    const request = requestOf(scheme, { leader: 1 });
    const halves = one(scheme, 1);
    bus.stock(halves, [1, 2]);
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    bus.clock.advance(ASSIGNED_ARRIVAL_TIMEOUT_MS - 1);
    expect(bus.failure(3, request)).toBe('waiting');
    // Something else first.
    bus.stock(one(FROST, 1), [3]);
    bus.stock(halves, [3]);
    await bus.run();
    expect(check(request)).toBe(true);
  });

  it('that is repeated gets the same answer, and nothing more is taken', async () => {
    for (const halves of make(FROST, 1, 2)) bus.stock(halves);
    const request = requestOf(FROST, { leader: 1 });
    for (let i = 0; i < 3; i++) {
      for (const party of ALL) bus.ask(party, request);
      await bus.run();
    }
    const first = bus.signer(1).sessions.sign(request);
    expect(await first).toBe(bus.outcome(1, request));
    expect(ALL.map((party) => bus.signer(party).taken.length)).toEqual([1, 1, 1]);
    // Also one that failed.
    const failed = requestOf(FROST, { leader: 2, number: 2 });
    bus.ask(1, failed);
    await bus.wait();
    expect(bus.failure(1, failed)).toBe('signing/signer-silent 2');
  });

  it('never makes a node sign that did not get it from the client, and what was assigned is destroyed there', async () => {
    const request = requestOf(FROST, { leader: 1 });
    bus.stock(one(FROST, 1));
    for (const party of [1, 2]) bus.ask(party, request);
    await bus.run();
    expect(bus.signer(3).taken).toEqual([]);
    expect([bus.failure(1, request), bus.failure(2, request), bus.stocked]).toEqual(['signed', 'signed', 1]);
    // Without anything else that happens.
    bus.clock.advance(SIGNING_SESSION_LIFETIME_MS);
    expect(bus.stocked).toBe(0);
  });
});

describe('who is silent is named, and the preparation is destroyed everywhere', () => {
  it.each([FROST, ECDSA] as const)('%s: the leader', async (scheme) => {
    const request = requestOf(scheme, { leader: 2 });
    bus.stock(one(scheme, 2));
    for (const party of [1, 3]) bus.ask(party, request);
    bus.clock.advance(SIGNING_STEP_TIMEOUT_MS - 1);
    await settle();
    expect(bus.failure(1, request)).toBe('waiting');
    bus.clock.advance(1);
    await settle();
    expect(bus.failure(1, request)).toBe('signing/signer-silent 2');
    expect(bus.failure(3, request)).toBe('signing/signer-silent 2');
    await bus.run();
    // The request comes to the leader after all: it has heard that the others gave up, and gives nothing out.
    bus.ask(2, request);
    await bus.run();
    expect(bus.failure(2, request)).toBe('signing/signer-failed');
    expect(bus.signer(2).taken).toEqual([]);
  });

  it('a follower, with ECDSA', async () => {
    const request = requestOf(ECDSA, { leader: 1 });
    bus.stock(one(ECDSA, 1));
    for (const party of [1, 2]) bus.ask(party, request);
    await bus.run();
    bus.clock.advance(SIGNING_STEP_TIMEOUT_MS);
    await settle();
    expect([bus.failure(1, request), bus.failure(2, request)]).toEqual([
      'signing/signer-silent 3',
      'signing/signer-silent 3',
    ]);
    bus.clock.advance(SIGNING_SESSION_LIFETIME_MS);
    await bus.run();
    expect(bus.stocked).toBe(0);
  });

  it('nobody, when the leader’s own preparation is slow; and the others hear of it', async () => {
    const request = requestOf(FROST, { leader: 1 });
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    await passTime(bus, SIGNING_PREPARING_TIMEOUT_MS - 1);
    expect(ALL.map((party) => bus.failure(party, request))).toEqual(['waiting', 'waiting', 'waiting']);
    bus.clock.advance(1);
    await bus.run();
    expect(ALL.map((party) => bus.failure(party, request))).toEqual([
      'stock/preparation-timeout',
      'signing/signer-failed',
      'signing/signer-failed',
    ]);
    // What is made too late is destroyed, and not given out.
    const halves = one(FROST, 1);
    bus
      .signer(1)
      .waiting.shift()
      ?.resolve(halves.get(1) as Preparation);
    await bus.run();
    const half = halves.get(1);
    expect(half?.kind === 'frost' && half.nonces.isUsed).toBe(true);
    expect(bus.flights).toEqual([]);
  });

  it('the leader, when it dies while it makes a preparation', async () => {
    const request = requestOf(FROST, { leader: 1 });
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    await passTime(bus, 3 * SIGNING_STEP_TIMEOUT_MS);
    bus.clock.advance(SIGNING_STEP_TIMEOUT_MS);
    await settle();
    expect([2, 3].map((party) => bus.failure(party, request))).toEqual([
      'signing/signer-silent 1',
      'signing/signer-silent 1',
    ]);
  });

  it('the leader, when it says for ever that it is at work', async () => {
    const request = requestOf(FROST, { leader: 1 });
    bus.ask(2, request);
    for (let elapsedMs = 0; elapsedMs < SIGNING_PREPARING_TIMEOUT_MS + SIGNING_STEP_TIMEOUT_MS; elapsedMs += 500) {
      expect(bus.failure(2, request)).toBe('waiting');
      bus.say(1, 2, { kind: 'preparing', session: request.session });
      await passTime(bus, 500);
    }
    expect(bus.failure(2, request)).toBe('signing/signer-silent 1');
  });

  it('a step’s limit begins anew with each step', async () => {
    const request = requestOf(ECDSA, { leader: 1 });
    const halves = one(ECDSA, 1);
    for (const party of [1, 2]) bus.ask(party, request);
    await bus.run();
    await passTime(bus, SIGNING_PREPARING_TIMEOUT_MS - 10);
    bus.stock(halves, [2]);
    bus
      .signer(1)
      .waiting.shift()
      ?.resolve(halves.get(1) as Preparation);
    await bus.run();
    bus.clock.advance(SIGNING_STEP_TIMEOUT_MS - 1);
    await settle();
    expect(bus.failure(1, request)).toBe('waiting');
    expect(bus.flights).toEqual([]);
    bus.clock.advance(1);
    await settle();
    expect(bus.failure(1, request)).toBe('signing/signer-silent 3');
  });

  it('an error of the leader’s stock is told to all', async () => {
    const request = requestOf(FROST, { leader: 1 });
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    bus.signer(1).waiting.shift()?.reject(new Error('broken'));
    await bus.run();
    expect(ALL.map((party) => bus.failure(party, request))).toEqual([
      'bug/unexpected',
      'signing/signer-failed',
      'signing/signer-failed',
    ]);
  });
});

describe('a leader that lies', () => {
  const lost = async (request: PreparedRequest, party: PartyIndex): Promise<void> => {
    await settle();
    bus.clock.advance(ASSIGNED_ARRIVAL_TIMEOUT_MS);
    await settle();
    expect(bus.failure(party, request)).toBe('signing/preparation-lost');
  };

  it('about a preparation that there is not, that another owns, or of another scheme', async () => {
    const cases = [new Map(one(FROST, 3)), new Map(one(FROST, 2)), new Map(one(ECDSA, 1))];
    for (const [number, halves] of cases.entries()) {
      const request = requestOf(FROST, { leader: 1, number });
      if (number > 0) bus.stock(halves, [2]);
      bus.ask(2, request);
      bus.say(1, 2, { kind: 'assign', session: request.session, preparation: idOf(halves), entropy });
      await lost(request, 2);
      expect(bus.signer(2).taken).toEqual([]);
    }
    // What party 2 owns is still there; what party 1 gave out in vain is not.
    expect(bus.signer(2).stock.size).toBe(1);
  });

  it('about one that was used: for two requests only the first gets it', async () => {
    const halves = one(FROST, 1);
    const [first, second] = [1, 2].map((number) => requestOf(FROST, { leader: 1, number })) as [
      PreparedRequest,
      PreparedRequest,
    ];
    bus.stock(halves, [2]);
    for (const request of [first, second]) {
      bus.ask(2, request);
      bus.say(1, 2, { kind: 'assign', session: request.session, preparation: idOf(halves), entropy });
    }
    await lost(second, 2);
    expect(bus.failure(2, first)).toBe('signed');
    expect(bus.signer(2).taken).toHaveLength(1);
  });

  it('and assigns different ones to two followers: no signature, and no second use', async () => {
    const [a, b] = make(ECDSA, 1, 2) as [Halves, Halves];
    const request = requestOf(ECDSA, { leader: 1 });
    for (const halves of [a, b]) bus.stock(halves, [2, 3]);
    for (const party of [2, 3]) bus.ask(party, request);
    const fake = new Uint8Array(32);
    bus.say(1, 2, { kind: 'assign', session: request.session, preparation: idOf(a), entropy: fake });
    bus.say(1, 3, { kind: 'assign', session: request.session, preparation: idOf(b), entropy: fake });
    // And each the other's: refused, and destroyed.
    bus.say(1, 2, { kind: 'assign', session: request.session, preparation: idOf(b), entropy: fake });
    await bus.run();
    await bus.wait(SIGNING_STEP_TIMEOUT_MS);
    for (const party of [2, 3]) {
      expect(bus.failure(party, request)).toMatch(/^signing\/signer-(silent|failed)/);
      expect(bus.signer(party).taken).toHaveLength(1);
    }
    expect(bus.signer(2).stock.size).toBe(0);
  });

  it('about its entropy, or a follower about its own, is named by everybody', async () => {
    for (const liar of [1, 2]) {
      bus = new SessionBus(source.bus.dealt);
      const request = requestOf(ECDSA, { leader: 1, number: liar });
      bus.stock(one(ECDSA, 1));
      for (const party of ALL) bus.ask(party, request);
      for (let i = 0; i < 20; i++) {
        bus.flights = bus.flights.map((flight) =>
          flight.from === liar && 'entropy' in flight.message
            ? { ...flight, message: { ...flight.message, entropy: new Uint8Array(32).fill(1) } }
            : flight,
        );
        bus.deliver(0);
        await settle();
      }
      for (const party of ALL.filter((other) => other !== liar)) {
        expect(['signing/signer-failed', `ecdsa/invalid-opening ${liar}`]).toContain(bus.failure(party, request));
      }
      expect(ALL.map((party) => bus.failure(party, request))).toContain(`ecdsa/invalid-opening ${liar}`);
    }
  });
});

describe('messages that do not belong', () => {
  it('of a follower that assigns, and of who does not sign, change nothing', async () => {
    bus = new SessionBus(source.bus.dealt);
    const request = requestOf(FROST, { leader: 1 });
    const [own, foreign] = [one(FROST, 1), one(FROST, 3)];
    bus.stock(own);
    bus.stock(foreign);
    const wrong = { kind: 'assign', session: request.session, preparation: idOf(foreign), entropy } as const;
    bus.say(3, 2, wrong);
    bus.ask(2, request);
    bus.say(3, 2, wrong);
    for (const kind of ['failed', 'preparing'] as const) {
      bus.say(9, 2, { kind, session: request.session, code: 'x' } as never);
    }
    bus.say(9, 2, { ...wrong, kind: 'open' });
    for (const party of [1, 3]) bus.ask(party, request);
    await bus.run();
    expect(check(request)).toBe(true);
    expect(bus.signer(2).stock.size).toBe(1);
  });

  it('that begin sessions are bounded for each peer, hinder neither clients nor other peers, and lapse', async () => {
    const perPeer = EARLY_SESSIONS_MAX / 2;
    const session = (i: number): Uint8Array => {
      const bytes = new Uint8Array(32);
      new DataView(bytes.buffer).setUint32(4, i);
      return bytes;
    };
    const { sessions } = bus.signer(2);
    for (let i = 0; i < perPeer + 5; i++) bus.say(3, 2, { kind: 'preparing', session: session(i) });
    expect(sessions.drops).toEqual({ malformed: 0, 'too-many-sessions': 5 });
    bus.say(1, 2, { kind: 'preparing', session: session(perPeer + 6) });
    expect(sessions.drops['too-many-sessions']).toBe(5);
    const request = requestOf(FROST, { leader: 1 });
    bus.stock(one(FROST, 1));
    for (const party of ALL) bus.ask(party, request);
    await bus.run();
    expect(check(request)).toBe(true);
    bus.clock.advance(SIGNING_SESSION_LIFETIME_MS);
    bus.say(3, 2, { kind: 'preparing', session: session(perPeer + 1) });
    expect(sessions.drops['too-many-sessions']).toBe(5);
  });

  it('before the client’s request count only until that comes', async () => {
    // More than a peer may begin, one after another: each is followed by its request.
    const { sessions } = bus.signer(2);
    for (let number = 0; number < 20; number++) {
      const request = requestOf(FROST, { leader: 1, number });
      bus.say(1, 2, { kind: 'preparing', session: request.session });
      bus.ask(2, request);
    }
    for (let i = 0; i < EARLY_SESSIONS_MAX / 2; i++) {
      const session = new Uint8Array(32).fill(255);
      new DataView(session.buffer).setUint32(0, i);
      bus.say(1, 2, { kind: 'preparing', session });
    }
    expect(sessions.drops['too-many-sessions']).toBe(0);
    sessions.close();
    await settle();
  });

  it('that are hostile bytes never throw, and are counted', () => {
    const { sessions } = bus.signer(2);
    bus.ask(2, requestOf(FROST, { leader: 1 }));
    const known = requestOf(FROST, { leader: 1 }).session;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(6), fc.boolean(), (bytes, kind, isKnown) => {
        sessions.receive(1, Uint8Array.of(3, kind, ...(isKnown ? known : []), ...bytes));
      }),
      { numRuns: 300 },
    );
    sessions.receive(1, Uint8Array.of(3));
    expect(sessions.drops.malformed).toBeGreaterThan(0);
  });
});

describe('the end', () => {
  it('of an epoch fails what is under way with a typed error, destroys it, and leaves no timer', async () => {
    const requests = [requestOf(ECDSA, { leader: 1 }), requestOf(FROST, { leader: 1 })];
    const halves = one(ECDSA, 1);
    bus.stock(halves);
    for (const request of requests) for (const party of [1, 2]) bus.ask(party, request);
    await bus.run();
    for (const party of ALL) bus.signer(party).sessions.close();
    await settle();
    for (const request of requests) expect(bus.failure(1, request)).toBe('wire/stale-epoch');
    for (const party of [1, 2]) {
      const half = halves.get(party);
      expect(half?.kind === 'ecdsa' && half.presignature.isUsed).toBe(true);
    }
    expect([bus.flights, bus.clock.pending]).toEqual([[], 0]);
  });

  it('of a session’s life frees its place', async () => {
    // Its own clock: the virtual one is slow with so many timers.
    let now = 0;
    const clock = { now: () => now, setTimer: () => ({ cancel: () => {} }) };
    const waiting = { later: new Promise<never>(() => {}) };
    const preparations = { obtain: () => waiting, take: () => undefined, drop: () => {} };
    const sessions = new SigningSessions(bus.signer(1).epoch, { clock, source: preparations, send: () => {} });
    const ask = (i: number): Promise<unknown> => {
      const session = new Uint8Array(32);
      new DataView(session.buffer).setUint32(4, i);
      return sessions.sign({ ...requestOf(FROST), session });
    };
    for (let i = 0; i < SIGNING_SESSIONS_MAX; i++) ask(i).catch(() => {});
    expect(await codeOf(() => ask(SIGNING_SESSIONS_MAX))).toBe('node/overloaded');
    now += SIGNING_SESSION_LIFETIME_MS;
    ask(SIGNING_SESSIONS_MAX).catch(() => {});
  });
});
