import { describe, expect, it } from 'vitest';
import { encodeStockMessage } from '../../src/stock/messages.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';
import { EPOCH_ID, type Flight, MakerBus } from './maker-bus.ts';

const ECDSA = 'EcdsaK256Sha256';
const FROST = 'SchnorrEd25519Sha512';
const kindOf = ({ bytes }: Flight): number => bytes[1] as number;
const [READY, SETUP] = [1, 2];

/** Two of three, so that a batch is of one pair. */
const busOf = (parties: number, seed = 11): MakerBus => new MakerBus({ parties, threshold: 2, withSetups: true, seed });

const readyPairs = (bus: MakerBus): string[] =>
  bus.parties.flatMap((party) => bus.eventsOf(party, 'pair-ready').map(({ peer }) => `${party}-${peer}`)).sort();

/** Whether two can make ECDSA preparations together, and if not, why. */
function outcome(bus: MakerBus, owner: number, peer: number): string {
  const signers = [owner, peer].sort();
  const [before, order] = [bus.made(peer).length, bus.order(owner, ECDSA, signers)];
  bus.run();
  const failed = bus.eventsOf(owner, 'failed').find((event) => event.order === order);
  if (failed !== undefined) return failed.error.code;
  return bus.made(peer).length === before + 1 ? 'made' : 'waiting';
}

describe('the set-up of a pair', () => {
  it('is made once for each two, in whatever order messages arrive', () => {
    const bus = busOf(3);
    bus.run({ shuffledBy: seededRandom(1) });
    expect(readyPairs(bus)).toEqual(['1-2', '1-3', '2-1', '2-3', '3-1', '3-2']);
    expect(outcome(bus, 1, 3)).toBe('made');
  });

  it('begins when the later of the two serves the epoch, on either side, and not for another epoch', () => {
    for (const late of [1, 2]) {
      const bus = busOf(2);
      bus.restart(late === 1 ? 2 : 1);
      bus.boot(late);
      bus.run();
      expect(bus.flights.filter((flight) => kindOf(flight) === SETUP)).toEqual([]);
      bus.begin(late, new Uint8Array(32).fill(9));
      bus.run();
      expect(readyPairs(bus)).toEqual([]);
      bus.begin(late);
      bus.run();
      expect(readyPairs(bus)).toEqual(['1-2', '2-1']);
    }
  });

  it('ignores repeated readiness, and messages that come before it', () => {
    const bus = busOf(2);
    bus.say(1, 2, { kind: 'ready', epochId: EPOCH_ID });
    bus.say(1, 2, { kind: 'ready', epochId: EPOCH_ID });
    const setups = bus.flights.filter((flight) => kindOf(flight) === SETUP);
    expect(setups).toHaveLength(1);
    // Party 1 has not heard that party 2 is ready, and gets its first message.
    bus.run({ only: (flight) => kindOf(flight) === SETUP });
    expect(readyPairs(bus)).toEqual(['1-2', '2-1']);
    bus.run();
    expect(readyPairs(bus)).toEqual(['1-2', '2-1']);
  });

  it('is made anew when one side restarts after any of its messages', () => {
    // Readiness of both, both messages of both rounds: six messages; a restart before each of them and at the end.
    for (let steps = 0; steps <= 6; steps += 2) {
      const bus = busOf(2, 20 + steps);
      for (let step = 0; step < steps; step++) {
        const next = bus.flights.shift();
        if (next !== undefined) bus.deliver(next);
      }
      bus.restart(2);
      bus.run();
      expect([steps, outcome(bus, 1, 2), outcome(bus, 2, 1)]).toEqual([steps, 'made', 'made']);
      expect(bus.burnt.get(1)).toEqual([]);
    }
  });

  it('ignores what was meant for an older boot', () => {
    const bus = busOf(2);
    const isFirstSetup = (flight: Flight) => kindOf(flight) === SETUP && flight.to === 2;
    bus.run({ only: (flight) => kindOf(flight) === READY });
    const old = bus.flights.filter(isFirstSetup);
    expect(old).toHaveLength(1);
    bus.restart(2);
    for (const flight of old) bus.deliver(flight);
    expect(bus.eventsOf(2, 'dropped')).toEqual([{ kind: 'dropped', from: 1, reason: 'unknown-run' }]);
    bus.run();
    expect(outcome(bus, 1, 2)).toBe('made');
  });
});

describe('a peer that sends a wrong set-up', () => {
  function burntBus(parties: number): MakerBus {
    const bus = busOf(parties);
    bus.tamper = ({ from, to }, message) =>
      from === 2 && to === 1 && message.kind === 'setup' && message.round === 2
        ? { ...message, body: message.body.map((byte, i) => (i === 5 ? byte ^ 1 : byte)) }
        : message;
    bus.run();
    bus.tamper = (_, message) => message;
    return bus;
  }

  it('burns the pair, for good, and nothing else', () => {
    const bus = burntBus(3);
    expect(bus.eventsOf(1, 'pair-burnt')).toMatchObject([{ peer: 2, epochId: EPOCH_ID }]);
    expect(bus.eventsOf(1, 'pair-burnt')[0]?.error).toMatchObject({
      code: 'ecdsa/pair-check-failed',
      culprits: [2],
      details: { check: 'setup' },
    });
    expect(outcome(bus, 1, 2)).toBe('stock/pair-burnt');
    expect(outcome(bus, 1, 3)).toBe('made');
    expect(outcome(bus, 2, 3)).toBe('made');
    bus.order(1, FROST, [1, 2]);
    bus.run();
    expect(bus.made(2).filter(({ scheme }) => scheme === FROST)).toHaveLength(1);
    // The liar hears of it when it asks, and remembers it too.
    expect(bus.burnt.get(2)).toEqual([]);
    expect(outcome(bus, 2, 1)).toBe('stock/preparation-failed');
    expect(bus.burnt.get(2)).toEqual([1]);
    expect(outcome(bus, 2, 1)).toBe('stock/pair-burnt');

    bus.restart(1);
    bus.run();
    expect(outcome(bus, 1, 2)).toBe('stock/pair-burnt');
    bus.restart(2);
    bus.run();
    expect(outcome(bus, 2, 1)).toBe('stock/pair-burnt');
    expect(outcome(bus, 1, 3)).toBe('made');
  });

  it('stays refused when its own memory is gone, from an older copy of its disk', () => {
    const bus = burntBus(2);
    bus.burnt.set(2, []);
    bus.restart(2);
    bus.run();
    expect(outcome(bus, 2, 1)).toBe('stock/pair-burnt');
    expect(bus.burnt.get(2)).toEqual([1]);
  });

  it('ends batches that wait for the set-up at once', () => {
    const bus = busOf(2);
    bus.tamper = ({ from }, message) =>
      from === 2 && message.kind === 'setup' ? { ...message, body: message.body.subarray(1) } : message;
    const order = bus.order(1, ECDSA, [1, 2]);
    bus.run();
    expect(bus.eventsOf(1, 'failed')).toMatchObject([{ order, error: { code: 'stock/pair-burnt' } }]);
  });
});

describe('what others say of a pair', () => {
  const claim = (parties: number[]) => ({ code: 'ecdsa/pair-check-failed', parties });

  it('counts if it is one of the two, and for no other', () => {
    const bus = new MakerBus({ parties: 4, threshold: 3 });
    // A batch of three under way, at party 1.
    const fail = (from: number, parties: number[]): void => {
      bus.flights = [];
      bus.order(1, FROST, [1, 2, 3]);
      const [first] = bus.flights;
      const run = (first?.bytes ?? new Uint8Array()).slice(2, 34);
      bus.say(from, 1, { kind: 'failed', run, ...claim(parties) });
    };
    const refused = (signers: number[]): string | undefined => {
      const order = bus.order(1, ECDSA, signers);
      return bus.eventsOf(1, 'failed').find((event) => event.order === order)?.error.code;
    };
    // Of others; of nobody; of one; by who does not take part.
    fail(2, [1, 3]);
    fail(2, []);
    fail(2, [2, 2]);
    fail(4, [3, 4]);
    expect(refused([1, 2, 3])).toBeUndefined();
    expect(bus.burnt.get(1)).toEqual([]);
    fail(2, [2, 3]);
    expect(refused([1, 2, 3])).toBe('stock/pair-burnt');
    expect(refused([1, 2, 4])).toBeUndefined();
    fail(3, [1, 3]);
    expect(bus.burnt.get(1)).toEqual([3]);
    expect(refused([1, 3, 4])).toBe('stock/pair-burnt');
  });
});

it('hostile bytes never throw out of a maker', async () => {
  const { default: fc } = await import('fast-check');
  const bus = new MakerBus({ parties: 3, threshold: 2 });
  bus.order(1, FROST, [1, 2]);
  const genuine = bus.flights.map(({ bytes }) => bytes);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(5), fc.nat(2_000), fc.nat(255), (bytes, kind, at, value) => {
      bus.maker(2).receive(1, Uint8Array.of(2, kind, ...bytes));
      for (const message of genuine) {
        const changed = message.slice();
        changed[at % changed.length] = value;
        bus.maker(2).receive(1, changed);
        bus.maker(2).receive(3, changed.subarray(0, at % changed.length));
      }
      bus.maker(2).receive(1, encodeStockMessage({ kind: 'setup', pairRun: EPOCH_ID, round: kind, body: bytes }));
    }),
    { numRuns: 200 },
  );
});
