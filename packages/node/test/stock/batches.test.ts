import { SecretBytes, Transcript, toHex } from '@keymesh/foundation';
import { describe, expect, it, vi } from 'vitest';
import { MESH_MESSAGE_BYTES_MAX } from '../../src/limits.ts';
import { batchItemsMax } from '../../src/stock/admission.ts';
import { BatchRun } from '../../src/stock/batch-run.ts';
import {
  BATCH_ITEMS_MAX,
  BATCHES_PER_PEER_MAX,
  PREPARATION_STALL_MARGIN_MS,
  PREPARATION_STALL_MS,
  PREPARATION_TIMEOUT_MS,
} from '../../src/stock/limits.ts';
import { Lockstep } from '../../src/stock/lockstep.ts';
import {
  type BatchHeader,
  decodeHeader,
  decodeStockMessage,
  encodeHeader,
  runIdOf,
  type StockMessage,
} from '../../src/stock/messages.ts';
import { PREPARED_SCHEMES } from '../../src/stock/preparation.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';
import { curves, EPOCH_ID, MakerBus } from './maker-bus.ts';

const FROST = 'SchnorrEd25519Sha512';
const ECDSA = 'EcdsaK256Sha256';
const ALL = [1, 2, 3];

type Part = Extract<StockMessage, { kind: 'preparing' }>;

/** What is on its way of a batch. */
const parts = (bus: MakerBus): Part[] =>
  bus.flights.map(({ bytes }) => decodeStockMessage(bytes)).filter((m): m is Part => m?.kind === 'preparing');

/** A batch of party 1, of which nothing has been delivered. */
function ordered(bus: MakerBus, count = 1): { readonly part: Part; readonly header: BatchHeader } {
  bus.order(1, FROST, ALL, count);
  const [part] = parts(bus) as [Part];
  return { part, header: decodeHeader(part.header) };
}

function expectSame(bus: MakerBus, count: number): void {
  const names = bus.parties.map((party) =>
    bus.made(party).map(({ id, scheme, signers, owner }) => ({ id, scheme, signers: [...signers], owner })),
  );
  expect(names[0]).toHaveLength(count);
  for (const other of names) expect(other).toEqual(names[0]);
}

describe('a batch', () => {
  it.each([1, 2, BATCH_ITEMS_MAX])('of %i nonces is made by all, in any order of messages', (count) => {
    const bus = new MakerBus({ seed: count });
    const order = bus.order(1, FROST, ALL, count);
    bus.run({ shuffledBy: seededRandom(count) });
    expectSame(bus, count);
    expect(new Set(bus.made(1).map(({ id }) => id)).size).toBe(count);
    expect(bus.eventsOf(1, 'made')[0]?.order).toBe(order);
    expect(bus.eventsOf(2, 'made')[0]).not.toHaveProperty('order');
    const life = { epochId: EPOCH_ID, signers: ALL, boots: ALL.map((party) => bus.boots.get(party)) };
    for (const party of ALL) expect(bus.eventsOf(party, 'made')[0]?.life).toEqual(life);
  });

  it('of presignatures is made by all, in any order of messages', () => {
    const bus = new MakerBus({ parties: 2, threshold: 2, withSetups: true });
    const random = seededRandom(3);
    // Before the set-ups are done: it waits for them.
    bus.order(2, ECDSA, [1, 2], 3);
    bus.order(1, ECDSA, [1, 2], BATCH_ITEMS_MAX);
    bus.run({ shuffledBy: random });
    expect(bus.eventsOf(1, 'failed')).toEqual([]);
    const ids = (party: number) =>
      bus
        .made(party)
        .map(({ id }) => id)
        .sort();
    expect(ids(1)).toHaveLength(3 + BATCH_ITEMS_MAX);
    expect(ids(2)).toEqual(ids(1));
  });

  it('has never more items than fit into a message of the mesh', () => {
    for (const scheme of PREPARED_SCHEMES) {
      expect(batchItemsMax(scheme, curves)).toBeGreaterThanOrEqual(4);
      expect(batchItemsMax(scheme, curves)).toBeLessThanOrEqual(BATCH_ITEMS_MAX);
    }
    expect(batchItemsMax(ECDSA, curves)).toBe(BATCH_ITEMS_MAX);
    expect(batchItemsMax('EcdsaP384Sha384', curves)).toBeLessThan(BATCH_ITEMS_MAX);
  });

  it('of presignatures on the longest curve fits on the mesh with as many items as it may have', () => {
    const bus = new MakerBus({ parties: 2, threshold: 2, withSetups: true });
    bus.run();
    let longest = 0;
    bus.tamper = ({ bytes }, message) => {
      longest = Math.max(longest, bytes.length);
      return message;
    };
    const count = batchItemsMax('EcdsaP384Sha384', curves);
    bus.order(1, 'EcdsaP384Sha384', [1, 2], count);
    bus.run();
    expectSame(bus, count);
    expect(longest).toBeLessThanOrEqual(MESH_MESSAGE_BYTES_MAX);
    expect(longest * (count + 1)).toBeGreaterThan(MESH_MESSAGE_BYTES_MAX * count * 0.95);
  });

  it('is not hindered by messages that come twice, or for a round that is not', () => {
    const bus = new MakerBus();
    const { part } = ordered(bus);
    const [first] = bus.flights;
    bus.deliver(first as never);
    bus.deliver(first as never);
    bus.say(1, 2, { ...part, round: 9 });
    bus.run();
    expectSame(bus, 1);
    // It is over: the same message does not begin it again.
    const spoken = bus.events.get(2)?.length;
    bus.deliver(first as never);
    expect(bus.flights).toEqual([]);
    expect(bus.events.get(2)?.slice(spoken)).toEqual([{ kind: 'dropped', from: 1, reason: 'unknown-run' }]);
  });

  it('that lacks a message ends by time, names who is missing, and tells the others', () => {
    const bus = new MakerBus();
    bus.tamper = ({ from }, message) => (from === 3 || message.kind === 'ready' ? undefined : message);
    const order = bus.order(1, FROST, ALL);
    bus.run();
    bus.clock.advance(PREPARATION_STALL_MS - 1);
    expect(bus.eventsOf(1, 'failed')).toEqual([]);
    bus.clock.advance(1);
    // The owner names by its own evidence who is silent, before anybody else can tell it that he gave up.
    expect(bus.eventsOf(2, 'failed')).toEqual([]);
    const [failed] = bus.eventsOf(1, 'failed');
    expect(failed?.error).toMatchObject({ code: 'stock/preparation-timeout', details: { missing: [3] } });
    expect(failed?.order).toBe(order);
    bus.tamper = ({ from }, message) => (from !== 2 || message.kind === 'ready' ? undefined : message);
    bus.clock.advance(PREPARATION_STALL_MARGIN_MS);
    const [{ error } = {} as never] = bus.eventsOf(2, 'failed');
    expect(error).toMatchObject({ code: 'stock/preparation-timeout', details: { missing: [3] } });
    bus.run();
    expect(bus.eventsOf(3, 'failed')).toHaveLength(1);
    for (const party of ALL) expect(bus.made(party)).toEqual([]);
    expect(bus.clock.pending).toBe(0);
  });

  it('that goes on slowly lives longer than a silent one, but not for ever', () => {
    const timers: { delayMs: number; isLive: boolean; fire: () => void }[] = [];
    const failures: unknown[] = [];
    const timer = (delayMs: number, fire: () => void) => {
      const set = { delayMs, isLive: true, fire };
      timers.push(set);
      return { cancel: () => Object.assign(set, { isLive: false }) };
    };
    const { header } = ordered(new MakerBus());
    const run = new BatchRun(
      { id: runIdOf(encodeHeader(header)), header, scheme: FROST, self: 1, introducedBy: 2, order: undefined },
      { send: () => {}, onDone: () => {}, onFailed: (error) => failures.push(error), timer },
    );
    run.waitFor([3]);
    const live = () => timers.filter(({ isLive }) => isLive).map(({ delayMs }) => delayMs);
    const both = [PREPARATION_TIMEOUT_MS, PREPARATION_STALL_MS + PREPARATION_STALL_MARGIN_MS];
    expect(live()).toEqual(both);
    run.begin(() => ({
      poke: () => ({ kind: 'wait', round: 1, missing: [2] }),
      receive: () => {},
      abandon: () => {},
    }));
    run.receive(2, 1, Uint8Array.of(1));
    expect(live()).toEqual(both);
    expect(timers).toHaveLength(4);
    timers.find(({ delayMs }) => delayMs === PREPARATION_TIMEOUT_MS)?.fire();
    expect(failures).toMatchObject([{ code: 'stock/preparation-timeout', details: { missing: [2] } }]);
    expect(live()).toEqual([]);
  });

  it('that cannot begin names whose set-up is not done', () => {
    const failures: unknown[] = [];
    const fires: (() => void)[] = [];
    const { header } = ordered(new MakerBus());
    const run = new BatchRun(
      { id: runIdOf(encodeHeader(header)), header, scheme: FROST, self: 1, introducedBy: 1, order: 1 },
      {
        ...{ send: () => {}, onDone: () => {}, onFailed: (error) => failures.push(error) },
        timer: (_delayMs, fire) => {
          fires.push(fire);
          return { cancel: () => {} };
        },
      },
    );
    run.waitFor([3]);
    fires.at(-1)?.();
    expect(failures).toMatchObject([{ code: 'stock/preparation-timeout', details: { missing: [3] } }]);
  });

  it('of presignatures names whose set-up is not done, not all who are silent', () => {
    const bus = new MakerBus({ withSetups: true });
    bus.tamper = ({ from }, message) => (from === 3 && message.kind === 'setup' ? undefined : message);
    bus.order(1, ECDSA, ALL);
    bus.run();
    bus.clock.advance(PREPARATION_STALL_MS);
    const [failed] = bus.eventsOf(1, 'failed');
    expect(failed?.error).toMatchObject({ code: 'stock/preparation-timeout', details: { missing: [3] } });
  });

  it('in which one gives up ends for all, and late messages begin it at nobody again', () => {
    const bus = new MakerBus();
    const { part } = ordered(bus);
    // Party 2 hears of the failure first, by a claim of party 3; then everything that is on its way arrives.
    const [toTwo] = bus.flights;
    bus.deliver(toTwo as never);
    bus.say(3, 2, { kind: 'failed', run: part.run, code: 'Nonsense <script>', parties: [] });
    const [failed] = bus.eventsOf(2, 'failed');
    expect(failed?.error).toMatchObject({ code: 'stock/preparation-failed', details: { party: 3, reason: 'unknown' } });
    expect(bus.run({ shuffledBy: seededRandom(1), atMost: 200 })).toBeLessThan(40);
    for (const party of ALL)
      expect([party, bus.made(party), bus.eventsOf(party, 'failed').length]).toEqual([party, [], 1]);
  });

  it('in which a signer tells two stories enters no stock', () => {
    for (const scheme of [FROST, 'SchnorrK256Taproot'] as const) {
      const bus = new MakerBus();
      const other = new MakerBus({ seed: 77 });
      other.order(1, scheme, ALL);
      const story = parts(other)[0]?.body as Uint8Array;
      bus.tamper = ({ from, to }, message) => {
        if (message.kind === 'ready') return undefined;
        return from === 3 && to === 2 && message.kind === 'preparing' && message.round === 1
          ? { ...message, body: story }
          : message;
      };
      bus.order(1, scheme, ALL);
      bus.run();
      for (const party of [1, 2]) {
        expect(bus.made(party)).toEqual([]);
        const [{ error } = {} as never] = bus.eventsOf(party, 'failed');
        expect(['stock/different-results', 'stock/preparation-failed']).toContain(error?.code);
        expect(error?.culprits).toEqual([]);
      }
    }
  });

  it('in which a signer of ECDSA publishes two different values enters no stock', () => {
    const bus = new MakerBus({ withSetups: true });
    bus.run();
    bus.tamper = ({ from, to }, message) =>
      from === 3 && to === 2 && message.kind === 'preparing' && message.round === 3
        ? { ...message, body: message.body.map((byte, i) => (i === message.body.length - 1 ? byte ^ 1 : byte)) }
        : message;
    bus.order(1, ECDSA, ALL);
    bus.run();
    for (const party of ALL) expect([party, bus.made(party)]).toEqual([party, []]);
  });

  it('names who sent what cannot be read', () => {
    const bodies: ((body: Uint8Array) => Uint8Array)[] = [
      (body) => body.subarray(1),
      () => new Uint8Array(0),
      (body) => Uint8Array.of(...body, 0),
      (body) => body.map((byte, i) => (i >= 2 ? 0xff : byte)),
      () => Uint8Array.of(0, 0),
      () => Uint8Array.of(0xff, 0xff),
    ];
    for (const change of bodies) {
      const bus = new MakerBus();
      bus.tamper = ({ from }, message) => {
        if (message.kind === 'ready') return undefined;
        return from === 3 && message.kind === 'preparing' ? { ...message, body: change(message.body) } : message;
      };
      const order = bus.order(1, FROST, ALL, 2);
      bus.run({ only: ({ from, to }) => (from === 1 && to === 3) || (from === 3 && to === 1) });
      const failed = bus.eventsOf(1, 'failed').find((event) => event.order === order);
      expect(failed?.error).toMatchObject({ fault: 'peer', culprits: [3] });
    }
  });
});

describe('the header of a batch', () => {
  const boot = new Uint8Array(16);
  const cases: [string, (header: BatchHeader) => BatchHeader][] = [
    ['of another epoch', (header) => ({ ...header, epochId: new Uint8Array(32) })],
    ['with another boot of the owner', (header) => ({ ...header, boots: [boot, ...header.boots.slice(1)] })],
    ['with another boot of the receiver', (header) => ({ ...header, boots: header.boots.with(1, boot) })],
    ['with too few boots', (header) => ({ ...header, boots: header.boots.slice(1) })],
    ['with too many boots', (header) => ({ ...header, boots: [...header.boots, boot] })],
    ['without the receiver', (header) => ({ ...header, signers: [1, 3, 4] })],
    ['with fewer than t signers', (header) => ({ ...header, signers: [1, 2], boots: header.boots.slice(1) })],
    ['with a signer twice', (header) => ({ ...header, signers: [1, 2, 2] })],
    ['with descending signers', (header) => ({ ...header, signers: [3, 2, 1], boots: [...header.boots].reverse() })],
    ['with party 0', (header) => ({ ...header, signers: [0, 1, 2] })],
    ['with a party beyond the committee', (header) => ({ ...header, signers: [1, 2, 5] })],
    ['with an owner that does not sign', (header) => ({ ...header, owner: 4 })],
    ['with an owner that is nobody', (header) => ({ ...header, owner: 0 })],
    ['in the name of the receiver', (header) => ({ ...header, owner: 2 })],
    ['of no item', (header) => ({ ...header, count: 0 })],
    ['of too many items', (header) => ({ ...header, count: BATCH_ITEMS_MAX + 1 })],
    ['of an unknown scheme', (header) => ({ ...header, scheme: 'Nothing' })],
    ['of a scheme without preparations', (header) => ({ ...header, scheme: 'Bls12381' })],
    ['of a name that every object has', (header) => ({ ...header, scheme: 'constructor' })],
  ];

  it.each(cases)('%s is refused, and its sender told', (_, change) => {
    const bus = new MakerBus({ parties: 4 });
    const { part, header } = ordered(bus);
    bus.flights = [];
    const encoded = encodeHeader(change(header));
    bus.say(1, 2, { ...part, header: encoded, run: runIdOf(encoded) });
    expect(bus.events.get(2)).toEqual([{ kind: 'dropped', from: 1, reason: 'stale-header' }]);
    expect(bus.flights.map(({ to, bytes }) => [to, decodeStockMessage(bytes)])).toEqual([
      [1, { kind: 'failed', run: runIdOf(encoded), code: 'stock/stale-header', parties: [] }],
    ]);
    // The unchanged one is taken.
    bus.say(1, 2, part);
    expect(parts(bus)).toHaveLength(2);
  });

  it('that is not what the run is named by, comes from who does not sign, or cannot be read, is refused', () => {
    const bus = new MakerBus({ parties: 4 });
    const { part, header } = ordered(bus);
    bus.flights = [];
    bus.say(1, 2, { ...part, header: encodeHeader({ ...header, count: 2 }) });
    bus.say(4, 2, part);
    bus.say(1, 2, { ...part, header: part.header.subarray(1) });
    bus.say(1, 2, { ...part, header: new Uint8Array(0) });
    expect(bus.events.get(2)?.map((event) => 'reason' in event && event.reason)).toEqual([
      'stale-header',
      'stale-header',
      'malformed',
      'unknown-run',
    ]);
    expect(parts(bus)).toEqual([]);
  });

  it('is refused by a node that serves no epoch, at once', () => {
    const bus = new MakerBus();
    bus.maker(2).end();
    const order = bus.order(1, FROST, ALL);
    bus.run();
    expect(bus.eventsOf(1, 'failed')).toMatchObject([{ order, error: { details: { reason: 'node/not-ready' } } }]);
    bus.order(2, FROST, ALL);
    expect(bus.eventsOf(2, 'failed')).toMatchObject([{ error: { code: 'node/not-ready' } }]);
  });

  it('is not sent to who has not been heard of', () => {
    const bus = new MakerBus({ parties: 4 });
    bus.makers.get(1)?.make({ order: 1, scheme: FROST, signers: [1, 2, 5], count: 1 });
    expect(bus.eventsOf(1, 'failed')).toMatchObject([
      { error: { code: 'stock/signers-away', details: { missing: [5] } } },
    ]);
  });
});

describe('batches of one peer', () => {
  it('are bounded for each owner, and what one begins through another costs that one nothing', () => {
    const bus = new MakerBus({ parties: 4, threshold: 3 });
    const refusals = () => bus.eventsOf(2, 'dropped').filter(({ reason }) => reason === 'too-many-batches').length;
    const open = (from: number, owner: number, signers: number[], nonce: number, round = 7): void => {
      const boots = signers.map((party) => bus.boots.get(party) as Uint8Array);
      const header = { epochId: EPOCH_ID, scheme: FROST, signers, count: 1, owner, boots };
      const encoded = encodeHeader({ ...header, nonce: new Uint8Array(32).fill(nonce) });
      bus.say(from, 2, { kind: 'preparing', run: runIdOf(encoded), header: encoded, round, body: new Uint8Array(0) });
    };
    for (let i = 0; i < BATCHES_PER_PEER_MAX; i++) open(3, 1, ALL, i);
    expect(refusals()).toBe(0);
    open(3, 1, ALL, 100);
    expect(refusals()).toBe(1);
    // Party 3's own, and party 4's, are not hindered by what party 1 began through party 3.
    open(3, 3, ALL, 101);
    open(4, 4, [2, 3, 4], 102);
    expect(refusals()).toBe(1);
    // What has ended makes room: a malformed first message ends a batch.
    open(3, 1, ALL, 0, 1);
    open(3, 1, ALL, 103);
    expect(refusals()).toBe(1);
  });
});

it('while a batch waits for a set-up only one message of each signer is kept, of the first round', () => {
  const { header } = ordered(new MakerBus());
  const modules = { send: () => {}, onDone: () => {}, onFailed: () => {}, timer: () => ({ cancel: () => {} }) };
  const run = new BatchRun(
    { id: runIdOf(encodeHeader(header)), header, scheme: FROST, self: 1, introducedBy: 2, order: undefined },
    modules,
  );
  for (let round = 0; round < 256; round++) run.receive(2, round, Uint8Array.of(round));
  run.receive(2, 1, Uint8Array.of(99));
  run.receive(3, 1, Uint8Array.of(3));
  run.receive(4, 1, Uint8Array.of(4));
  const received: unknown[] = [];
  run.begin(() => ({
    poke: () => ({ kind: 'wait', round: 1, missing: [2] }),
    receive: (...message) => received.push(message),
    abandon: () => {},
  }));
  expect(received).toEqual([
    [2, 1, Uint8Array.of(1)],
    [3, 1, Uint8Array.of(3)],
  ]);
});

describe('what is given up', () => {
  it('has no secrets left', () => {
    for (const lastRound of [0, 1]) {
      const bus = new MakerBus();
      bus.order(1, FROST, ALL, 3);
      // Nothing but its own part; or everything but the others' confirmations.
      bus.run({ only: ({ to, bytes }) => to !== 2 || (decodeStockMessage(bytes) as Part).round <= lastRound });
      bus.order(2, FROST, ALL, 3);
      const wiped = vi.spyOn(SecretBytes.prototype, 'wipe');
      bus.maker(2).end();
      const roots = bus.dealt.sharesOf(2).shares.length;
      const batches = lastRound === 0 ? 1 : 2;
      expect(wiped).toHaveBeenCalledTimes(roots + batches * 3 * 2);
      wiped.mockRestore();
      expect(bus.made(2)).toEqual([]);
    }
  });

  it('in a lockstep is destroyed with the rest: also outputs that some runs have already', () => {
    const discarded: string[] = [];
    const done = (output: string) => ({
      poke: () => ({ kind: 'done', output }) as const,
      receive: () => {},
      abandon: () => {},
    });
    const failing = {
      poke: () => {
        throw new Error('check failed');
      },
      receive: () => {},
      abandon: () => {},
    };
    const lockstep = new Lockstep<string>([done('a'), done('b'), failing], (output) => discarded.push(output));
    expect(() => lockstep.poke()).toThrow('check failed');
    expect(discarded).toEqual(['a', 'b']);
  });
});

it('nonces are named by the commitments of all signers, as the specification says', () => {
  const bus = new MakerBus();
  const { part } = ordered(bus, 2);
  bus.run();
  for (const [index, preparation] of bus.made(2).entries()) {
    if (preparation.kind !== 'frost') throw new Error('not of FROST');
    const transcript = new Transcript('stock/v1/nonces').append('run', part.run).appendU32('index', index);
    expect(preparation.commitments.map(({ party }) => party)).toEqual(ALL);
    for (const { party, hiding, binding } of preparation.commitments) {
      transcript.appendU32('party', party).append('hiding', hiding).append('binding', binding);
    }
    expect(preparation.id).toBe(toHex(transcript.digest()));
  }
});
