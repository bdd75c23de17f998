import { toHex } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COURIER_OUTBOX_MESSAGES_MAX, COURIER_WINDOW_MESSAGES, MESH_MESSAGE_BYTES_MAX } from '../../src/limits.ts';
import { Courier } from '../../src/mesh/courier/courier.ts';
import { decodeCourierFrame, encodeCourierFrame } from '../../src/mesh/courier/frame.ts';
import { type FaultPolicy, MemoryNetwork } from '../../src/mesh/memory.ts';
import { seededRandom, unit, VirtualClock } from './virtual-clock.ts';

const SETTLE_MS = 10 * 60_000;

interface Boot {
  readonly courier: Courier;
  readonly name: string;
  /** Texts delivered to this boot, and from which boot of the sender. */
  readonly got: { readonly text: string; readonly from: string }[];
  readonly bootsSeen: string[];
  alive: boolean;
}

/** Two couriers on a network that misbehaves; each can be restarted. A message names the boot that sent it. */
class Pair {
  readonly clock = new VirtualClock();
  readonly network: MemoryNetwork;
  readonly boots: Boot[][] = [[], [], []];
  readonly #random;

  constructor(seed: number, faults: FaultPolicy) {
    this.#random = seededRandom(seed);
    this.network = new MemoryNetwork({ parties: [1, 2], clock: this.clock, faults });
    this.boot(1);
    this.boot(2);
  }

  boot(party: number): Boot {
    const previous = this.boots[party]?.at(-1);
    if (previous !== undefined) {
      previous.alive = false;
      previous.courier.close();
    }
    const transport = this.network.open(party);
    const courier = new Courier({ transport, clock: this.clock, random: this.#random });
    const boot: Boot = { courier, name: toHex(courier.bootId), got: [], bootsSeen: [], alive: true };
    courier.onMessage((_, message) => {
      expect(boot.alive).toBe(true);
      const [from = '', text = ''] = Buffer.from(message).toString().split('/');
      boot.got.push({ from, text });
    });
    courier.onPeerBoot((_, id) => boot.bootsSeen.push(toHex(id)));
    this.boots[party]?.push(boot);
    courier.start();
    transport.start();
    return boot;
  }

  now(party: number): Boot {
    return this.boots[party]?.at(-1) as Boot;
  }

  send(from: number, text: string): void {
    const sender = this.now(from);
    sender.courier.send(3 - from, Buffer.from(`${sender.name}/${text}`));
  }
}

const faulty = (seed: number, loss: number, duplication: number, spreadMs: number): FaultPolicy => {
  const random = seededRandom(seed);
  return () => {
    const copies = unit(random) < loss ? 0 : unit(random) < duplication ? 2 : 1;
    return Array.from({ length: copies }, () => 1 + unit(random) * spreadMs);
  };
};

const action = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), party: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), party: fc.integer({ min: 1, max: 2 }) }) },
);
const network = fc.record({
  seed: fc.integer(),
  loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
  duplication: fc.double({ min: 0, max: 0.3, noNaN: true }),
  spreadMs: fc.integer({ min: 1, max: 3_000 }),
});

describe('Courier', () => {
  it('delivers every message of a living boot exactly once, whatever the network does and whoever restarts', () => {
    fc.assert(
      fc.property(network, fc.array(action, { maxLength: 80 }), ({ seed, loss, duplication, spreadMs }, actions) => {
        const pair = new Pair(seed, faulty(seed, loss, duplication, spreadMs));
        const sent: { from: Boot; to: number; text: string; toBoots: number }[] = [];
        for (const [i, one] of actions.entries()) {
          if (one.do === 'wait') pair.clock.advance(one.ms);
          else if (one.do === 'restart') pair.boot(one.party);
          else {
            const to = 3 - one.party;
            sent.push({ from: pair.now(one.party), to, text: `m${i}`, toBoots: pair.boots[to]?.length ?? 0 });
            pair.send(one.party, `m${i}`);
          }
        }
        pair.clock.advance(SETTLE_MS);
        for (const { from, to, text, toBoots } of sent) {
          const deliveries = (pair.boots[to] ?? []).map(
            (boot) => boot.got.filter((one) => one.text === text && one.from === from.name).length,
          );
          // Once per pair of boots, and by some boot unless the sender died with it.
          expect(Math.max(...deliveries)).toBeLessThanOrEqual(1);
          const reached = deliveries.slice(toBoots - 1).some((count) => count === 1);
          if (from.alive) expect(reached).toBe(true);
        }
        for (const party of [1, 2]) {
          const boot = pair.now(party);
          // Everything is acknowledged, and each boot of the peer was believed in at most once, the last one last.
          expect(boot.courier.unacknowledged(3 - party)).toBe(0);
          expect(new Set(boot.bootsSeen).size).toBe(boot.bootsSeen.length);
          expect(boot.bootsSeen.at(-1)).toBe(pair.now(3 - party).name);
          const order = boot.bootsSeen.map((id) => pair.boots[3 - party]?.findIndex((one) => one.name === id));
          expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
        }
        expect(pair.clock.pending).toBe(0); // quiet when there is nothing to do
      }),
      {
        numRuns: 150,
        // Two restarts, and the answer of the boot between them is the first to arrive.
        examples: [
          [
            { seed: 955875449, loss: 0.35974723100662237, duplication: 0, spreadMs: 2920 },
            [373, 619, 952, 1669, 0, 1613, 0].map((ms) =>
              ms === 0 ? { do: 'restart' as const, party: 2 } : { do: 'wait' as const, ms },
            ),
          ],
        ],
      },
    );
  });

  it('gets thousands of messages through a bad network, with a bounded number in flight', () => {
    let inFlight = 0;
    const policy = faulty(7, 0.3, 0.2, 80);
    const pair = new Pair(7, (from, to, frame) => {
      const decoded = decodeCourierFrame(frame);
      if (from === 1 && decoded?.kind === 'data' && decoded.message !== undefined) {
        inFlight = Math.max(inFlight, decoded.message.id - (pair.now(2).got.length - COURIER_WINDOW_MESSAGES));
      }
      return policy(from, to, frame);
    });
    const count = COURIER_OUTBOX_MESSAGES_MAX;
    for (let i = 0; i < count; i++) pair.send(1, `m${i}`);
    expect(pair.clock.advanceUntil(() => pair.now(2).got.length === count, SETTLE_MS, 100)).toBe(true);
    expect(new Set(pair.now(2).got.map((one) => one.text)).size).toBe(count);
    expect(inFlight).toBeLessThanOrEqual(2 * COURIER_WINDOW_MESSAGES);
    expect(pair.now(2).courier.counters()).toMatchObject({ messagesDelivered: count });
    expect(pair.now(2).courier.counters().drops['beyond-window']).toBe(0);
  });

  it('keeps what waits for an absent peer up to a bound, and counts what it drops', () => {
    const pair = new Pair(1, () => []);
    for (let i = 0; i < COURIER_OUTBOX_MESSAGES_MAX + 5; i++) pair.send(1, `m${i}`);
    const { courier } = pair.now(1);
    expect(courier.unacknowledged(2)).toBe(COURIER_OUTBOX_MESSAGES_MAX);
    expect(courier.counters().drops['outbox-full']).toBe(5);
    for (let i = 0; i < 100; i++) courier.send(2, new Uint8Array(0));
    expect(courier.unacknowledged(2)).toBe(COURIER_OUTBOX_MESSAGES_MAX);
    const other = new Pair(2, () => []);
    for (let i = 0; i < 100; i++) other.now(1).courier.send(2, new Uint8Array(MESH_MESSAGE_BYTES_MAX));
    expect(other.now(1).courier.unacknowledged(2)).toBe(64);
  });

  it('sends what waited as soon as the peer appears', () => {
    const pair = new Pair(1, () => [1]);
    pair.network.crash(2);
    pair.send(1, 'early');
    pair.clock.advance(60_000);
    pair.boot(2);
    pair.clock.advance(20);
    expect(pair.now(2).got.map((one) => one.text)).toEqual(['early']);
  });

  it('gives what was not acknowledged to the next boot, and not what was', () => {
    const pair = new Pair(1, () => [1]);
    pair.send(1, 'acknowledged');
    pair.clock.advance(100);
    pair.network.crash(2);
    pair.send(1, 'kept');
    pair.clock.advance(5_000);
    pair.boot(2);
    pair.clock.advance(10_000);
    expect(pair.boots[2]?.map((boot) => boot.got.map((one) => one.text))).toEqual([['acknowledged'], ['kept']]);
    expect(pair.now(1).bootsSeen).toEqual(pair.boots[2]?.map((boot) => boot.name));
  });

  it('has the whole window again towards each boot', () => {
    const pair = new Pair(1, () => [1]);
    const count = 2 * COURIER_WINDOW_MESSAGES;
    for (const life of [1, 2]) {
      for (let i = 0; i < count; i++) pair.send(1, `life ${life}, ${i}`);
      pair.clock.advance(10_000);
      expect(pair.now(2).got).toHaveLength(count);
      pair.boot(2);
    }
  });

  it('does not believe frames of a boot that is dead', () => {
    // Frames of the peer's first boot arrive after its second one is known.
    let delayMs = 1;
    const pair = new Pair(1, (from) => [from === 2 ? delayMs : 1]);
    pair.clock.advance(100);
    delayMs = 30_000;
    pair.send(2, 'late');
    pair.clock.advance(100);
    delayMs = 1;
    const first = pair.now(2);
    pair.boot(2);
    pair.send(2, 'fresh');
    pair.clock.advance(60_000);
    expect(pair.now(1).bootsSeen).toEqual([first.name, pair.now(2).name]);
    expect(pair.now(1).got.map((one) => one.text)).toEqual(['fresh']);
    expect(pair.now(1).courier.counters().drops['unknown-boot']).toBeGreaterThan(0);
  });

  it('survives any bytes, and counts them', () => {
    const pair = new Pair(1, () => [1]);
    pair.clock.advance(100);
    const raw = pair.network.open(2);
    raw.start();
    const before = pair.now(1).courier.counters().drops.malformed;
    let garbage = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        raw.send(1, bytes);
        try {
          if (decodeCourierFrame(bytes) === undefined) garbage += 1;
        } catch {
          garbage += 1;
        }
      }),
      { numRuns: 500 },
    );
    pair.clock.advance(10);
    expect(pair.now(1).courier.counters().drops.malformed - before).toBe(garbage);
    expect(pair.now(1).got).toEqual([]);
  });

  it('refuses acknowledgements of what was never sent, and ids beyond the window', () => {
    const pair = new Pair(1, () => [1]);
    pair.clock.advance(100);
    pair.send(1, 'wanted');
    const [one, two] = [pair.now(1).courier, pair.now(2).courier];
    const data = (upTo: number, id: number) =>
      encodeCourierFrame({
        kind: 'data',
        boot: two.bootId,
        peerBoot: one.bootId,
        received: { upTo, beyond: new Set() },
        message: { id, body: Buffer.from('x/lie') },
      });
    const liar = pair.network.open(2);
    two.close();
    liar.start();
    liar.send(1, data(2, 1));
    liar.send(1, data(0, COURIER_WINDOW_MESSAGES + 1));
    pair.clock.advance(10);
    expect(one.counters().drops).toMatchObject({ malformed: 1, 'beyond-window': 1 });
    expect(one.unacknowledged(2)).toBe(1);
    expect(pair.now(1).got).toEqual([]);
  });

  it('does nothing after close', () => {
    const pair = new Pair(1, () => [1]);
    pair.send(1, 'a');
    pair.now(1).courier.close();
    pair.now(2).courier.close();
    pair.send(1, 'b');
    pair.clock.advance(60_000);
    expect(pair.clock.pending).toBe(0);
    expect(pair.now(2).got).toEqual([]);
  });

  it('refuses unknown peers and messages that are too long', () => {
    const { courier } = new Pair(1, () => [1]).now(1);
    expect(() => courier.send(9, new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'mesh/unknown-peer' }));
    const long = new Uint8Array(MESH_MESSAGE_BYTES_MAX + 1);
    expect(() => courier.send(2, long)).toThrow(expect.objectContaining({ code: 'mesh/message-too-long' }));
  });
});
