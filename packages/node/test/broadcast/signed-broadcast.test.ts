import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BROADCAST_CHANNEL,
  decodeBroadcastMessage,
  digestOf,
  encodeBroadcastMessage,
} from '../../src/broadcast/envelope.ts';
import { BROADCAST_BODY_BYTES_MAX, BROADCAST_EARLY_EXECUTIONS_MAX, BROADCAST_REPLAYS_MAX } from '../../src/limits.ts';
import { seededRandom, unit } from '../mesh/virtual-clock.ts';
import { Cluster, EXECUTION, forge, ROUNDS, signer, verify } from './cluster.ts';

const BODY = Buffer.from('body');
const other = (n: number): Uint8Array => new Uint8Array(32).fill(100 + n);

describe('SignedBroadcast', () => {
  it('delivers every author and round once to everybody, the author included, in spite of a bad network', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 0.4, noNaN: true }), (seed, loss) => {
        const random = seededRandom(seed);
        const cluster = new Cluster(4, () => (unit(random) < loss ? [] : [unit(random) * 500, unit(random) * 500]));
        cluster.openAll();
        const expected: string[] = [];
        for (const party of cluster.parties) {
          for (let round = 1; round <= ROUNDS; round++) {
            cluster.member(party).broadcast?.publish(round, Buffer.from(`${party}${round}`));
            expected.push(`${party}/${round}/${party}${round}`);
          }
        }
        cluster.settle();
        for (const party of cluster.parties) {
          expect([...cluster.member(party).delivered].sort()).toEqual(expected);
          expect(cluster.member(party).equivocations).toEqual([]);
          expect(cluster.member(party).router.counters().drops['bad-signature']).toBe(0);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('proves to everybody who told two halves two stories, once per author', () => {
    const cluster = new Cluster(5);
    for (const party of [2, 3, 4, 5]) cluster.open(party);
    const [a, b] = [forge(1, 1, 'a'), forge(1, 1, 'b')];
    for (const party of [2, 3]) cluster.tell(1, party, a);
    for (const party of [4, 5]) cluster.tell(1, party, b);
    cluster.tell(1, 2, forge(1, 2, 'c'));
    cluster.tell(1, 3, forge(1, 2, 'd'));
    cluster.settle();
    for (const party of [2, 3, 4, 5]) {
      const { delivered, equivocations, router } = cluster.member(party);
      expect(delivered.filter((one) => one.startsWith('1/1/'))).toHaveLength(1);
      expect(equivocations).toHaveLength(1);
      expect(equivocations[0]).toMatch(/^1\//);
      expect(router.counters().equivocations).toBe(1);
    }
  });

  it('does not take a repeat for a second story, nor a third story for news', () => {
    const cluster = new Cluster(3);
    for (const party of [2, 3]) cluster.open(party);
    for (const text of ['a', 'a', 'b', 'c', 'd']) cluster.tell(1, 2, forge(1, 1, text));
    cluster.settle();
    expect(cluster.member(3).delivered).toEqual(['1/1/a']);
    expect(cluster.member(3).equivocations).toEqual(['1/1']);
    expect(cluster.member(2).router.counters().relayed).toBe(2); // bounded: two envelopes per author and round
  });

  it('heals selective silence: one honest receiver is enough', () => {
    const cluster = new Cluster(5);
    for (const party of [2, 3, 4, 5]) cluster.open(party);
    cluster.tell(1, 4, forge(1, 1, 'whisper'));
    cluster.settle();
    for (const party of [2, 3, 4, 5]) expect(cluster.member(party).delivered).toEqual(['1/1/whisper']);
  });

  it('refuses what its author did not sign, who does not take part, and what is out of bounds', () => {
    const cluster = new Cluster(4);
    for (const party of [2, 3]) cluster.open(party, [1, 2, 3]);
    const good = forge(1, 1, 'good');
    cluster.tell(1, 2, forge(3, 1, 'in the name of 3', EXECUTION, 1));
    cluster.tell(1, 2, { ...good, body: Buffer.from('altered') });
    cluster.tell(1, 2, { ...good, round: 2 });
    cluster.tell(1, 2, { ...forge(1, 1, 'from another execution', other(1)), executionId: EXECUTION });
    cluster.tell(4, 2, forge(4, 1, 'excluded'));
    cluster.tell(1, 2, forge(1, 0, 'no round'));
    cluster.tell(1, 2, forge(1, ROUNDS + 1, 'no round'));
    cluster.settle();
    expect(cluster.member(2).delivered).toEqual([]);
    expect(cluster.member(3).delivered).toEqual([]);
    expect(cluster.member(2).router.counters()).toMatchObject({
      relayed: 0,
      drops: { 'bad-signature': 4, 'not-a-participant': 1, 'out-of-bounds': 2 },
    });
    // A forgery does not take the place of the true message.
    cluster.tell(4, 2, good);
    cluster.settle();
    expect(cluster.member(3).delivered).toEqual(['1/1/good']);
  });

  it('drops replays, counts them, and relays nothing twice', () => {
    const cluster = new Cluster(3);
    cluster.openAll();
    cluster.member(1).broadcast?.publish(1, BODY);
    cluster.settle();
    const before = cluster.member(2).router.counters();
    for (let i = 0; i < 5; i++) cluster.tell(3, 2, forge(1, 1, 'body'));
    cluster.settle();
    const after = cluster.member(2).router.counters();
    expect(after.drops.repeat - before.drops.repeat).toBe(5);
    expect(after.relayed).toBe(before.relayed);
    expect(cluster.member(2).delivered).toEqual(['1/1/body']);
  });

  it('counts messages that make no sense, and leaves other channels alone', () => {
    const cluster = new Cluster(2);
    cluster.openAll();
    const bytes = encodeBroadcastMessage({ kind: 'envelope', envelope: forge(1, 1, 'x') });
    for (const message of [
      bytes.subarray(0, 40),
      Uint8Array.of(BROADCAST_CHANNEL),
      Uint8Array.of(BROADCAST_CHANNEL, 99),
    ]) {
      cluster.member(1).courier.send(2, message);
    }
    cluster.member(1).courier.send(2, Uint8Array.of(200, 1, 2));
    cluster.member(1).courier.send(2, new Uint8Array(0));
    cluster.settle();
    expect(cluster.member(2).router.counters().drops.malformed).toBe(3);
  });

  it('speaks once per round, within bounds', () => {
    const cluster = new Cluster(2);
    const broadcast = cluster.open(1);
    broadcast.publish(1, BODY);
    expect(() => broadcast.publish(1, BODY)).toThrow(expect.objectContaining({ code: 'broadcast/already-published' }));
    const outOfBounds = expect.objectContaining({ code: 'broadcast/out-of-bounds' });
    expect(() => broadcast.publish(0, BODY)).toThrow(outOfBounds);
    expect(() => broadcast.publish(ROUNDS + 1, BODY)).toThrow(outOfBounds);
    expect(() => broadcast.publish(2, new Uint8Array(BROADCAST_BODY_BYTES_MAX + 1))).toThrow(outOfBounds);
    broadcast.publish(2, new Uint8Array(BROADCAST_BODY_BYTES_MAX));
    cluster.open(2);
    cluster.settle();
    expect(cluster.member(2).delivered).toHaveLength(2);
  });

  it('does not contradict what an earlier boot of the same node has said', () => {
    const cluster = new Cluster(2);
    cluster.openAll();
    cluster.member(1).broadcast?.publish(1, BODY);
    cluster.settle();
    cluster.boot(1);
    cluster.open(1);
    cluster.settle(); // party 2 sends back what it knows
    expect(cluster.member(1).delivered).toEqual(['1/1/body']);
    expect(() => cluster.member(1).broadcast?.publish(1, Buffer.from('other'))).toThrow(
      expect.objectContaining({ code: 'broadcast/already-published' }),
    );
  });

  it('gives everything to a member that restarts, the proofs too', () => {
    const cluster = new Cluster(4);
    for (const party of [2, 3, 4]) cluster.open(party);
    for (const party of [2, 3]) cluster.member(party).broadcast?.publish(1, BODY);
    cluster.tell(1, 2, forge(1, 1, 'a'));
    cluster.tell(1, 3, forge(1, 1, 'b'));
    cluster.settle();
    cluster.boot(4);
    cluster.open(4);
    cluster.settle();
    expect(
      cluster
        .member(4)
        .delivered.map((one) => one.slice(0, 3))
        .sort(),
    ).toEqual(['1/1', '2/1', '3/1']);
    expect(cluster.member(4).equivocations).toEqual(['1/1']);
  });

  it('sends and delivers nothing after close', () => {
    const cluster = new Cluster(3);
    cluster.openAll();
    cluster.member(2).broadcast?.close();
    cluster.member(2).broadcast?.publish(1, BODY);
    cluster.member(1).broadcast?.publish(1, BODY);
    cluster.settle();
    expect(cluster.member(2).delivered).toEqual([]);
    expect(cluster.member(1).delivered).toEqual(['1/1/body']);
    expect(cluster.member(2).router.counters().drops['closed-execution']).toBe(2); // author and relay
    expect(() => cluster.open(2)).toThrow(expect.objectContaining({ code: 'broadcast/invalid-execution' }));
  });

  it('keeps what comes before a handler is set', () => {
    const cluster = new Cluster(2);
    const broadcast = cluster
      .member(2)
      .router.open({ executionId: EXECUTION, participants: [1, 2], rounds: 1, verify });
    cluster.tell(1, 2, forge(1, 1, 'a'));
    cluster.tell(1, 2, forge(1, 1, 'b'));
    cluster.settle();
    const seen: string[] = [];
    broadcast.onDeliver((author, round, body) => seen.push(`${author}/${round}/${Buffer.from(body)}`));
    broadcast.onEquivocation((author) => seen.push(`equivocation of ${author}`));
    expect(seen).toEqual(['1/1/a', 'equivocation of 1']);
  });
});

describe('BroadcastRouter', () => {
  it('keeps envelopes for a member that opens late', () => {
    const cluster = new Cluster(4);
    for (const party of [1, 2, 3]) cluster.open(party);
    for (const party of [1, 2, 3]) cluster.member(party).broadcast?.publish(1, BODY);
    cluster.settle();
    cluster.open(4);
    expect([...cluster.member(4).delivered].sort()).toEqual(['1/1/body', '2/1/body', '3/1/body']);
  });

  it('bounds what it keeps per peer, and fills the gap from the others when it opens', () => {
    const cluster = new Cluster(4);
    for (const party of [1, 2, 3]) cluster.open(party);
    for (const party of [1, 2, 3]) cluster.member(party).broadcast?.publish(1, BODY);
    cluster.settle();
    // Every peer displaces what it sent before with executions that do not exist.
    for (const from of [1, 2, 3]) {
      for (let i = 0; i < BROADCAST_EARLY_EXECUTIONS_MAX; i++) cluster.tell(from, 4, forge(from, 1, 'junk', other(i)));
    }
    cluster.settle();
    expect(cluster.member(4).router.counters().drops['early-overflow']).toBe(9);
    cluster.open(4);
    expect(cluster.member(4).delivered).toEqual([]);
    cluster.settle();
    expect([...cluster.member(4).delivered].sort()).toEqual(['1/1/body', '2/1/body', '3/1/body']);
  });

  it('does not let one peer displace what another sent', () => {
    const cluster = new Cluster(3);
    cluster.tell(1, 3, forge(1, 1, 'kept'));
    for (let i = 0; i < 50; i++) cluster.tell(2, 3, forge(1, 1, 'junk', other(i)));
    for (let i = 0; i < 30; i++) {
      cluster.tell(2, 3, forge(1, 1, 'x'.repeat(BROADCAST_BODY_BYTES_MAX - 1) + String(i % 10), other(49)));
    }
    cluster.settle();
    expect(cluster.member(3).router.counters().drops['early-overflow']).toBeGreaterThan(50);
    cluster.open(3);
    expect(cluster.member(3).delivered).toEqual(['1/1/kept']);
  });

  it('sends all it knows only so often to a peer that asks', () => {
    const cluster = new Cluster(2);
    cluster.open(1).publish(1, BODY);
    const want = encodeBroadcastMessage({ kind: 'want', executionId: EXECUTION });
    for (let i = 0; i < BROADCAST_REPLAYS_MAX + 3; i++) cluster.member(2).courier.send(1, want);
    cluster.member(2).courier.send(1, encodeBroadcastMessage({ kind: 'want', executionId: other(1) }));
    cluster.settle();
    expect(cluster.member(1).router.counters().drops['replay-limit']).toBe(3);
    expect(cluster.member(2).courier.counters().messagesDelivered).toBe(1 + BROADCAST_REPLAYS_MAX);
  });

  it.each([
    ['without this node', { participants: [2] }],
    ['without rounds', { rounds: 0 }],
    ['with too many rounds', { rounds: 65 }],
    ['with an id that is none', { executionId: new Uint8Array(31) }],
  ])('refuses an execution %s', (_, wrong) => {
    const { router } = new Cluster(2).member(1);
    const right = { executionId: EXECUTION, participants: [1, 2], rounds: 1, verify };
    expect(() => router.open({ ...right, ...wrong })).toThrow(
      expect.objectContaining({ code: 'broadcast/invalid-execution' }),
    );
    router.open(right);
    expect(() => router.open(right)).toThrow(expect.objectContaining({ code: 'broadcast/invalid-execution' }));
  });
});

describe('an envelope', () => {
  it('has one encoding and comes back as it was', () => {
    const envelope = forge(3, 2, 'text');
    const bytes = encodeBroadcastMessage({ kind: 'envelope', envelope });
    const back = decodeBroadcastMessage(bytes);
    expect(back?.kind === 'envelope' && Buffer.from(back.envelope.body).toString()).toBe('text');
    expect(back?.kind === 'envelope' && encodeBroadcastMessage(back)).toEqual(bytes);
  });

  it('is signed with every field', () => {
    const envelope = forge(1, 1, 'text');
    const changed = [
      { ...envelope, executionId: other(1) },
      { ...envelope, author: 2 },
      { ...envelope, round: 2 },
      { ...envelope, body: Buffer.from('test') },
    ];
    expect(verify(1, digestOf(envelope), envelope.signature)).toBe(true);
    for (const one of changed) expect(verify(1, digestOf(one), one.signature)).toBe(false);
    expect(verify(2, digestOf(envelope), envelope.signature)).toBe(false);
    expect(verify(1, digestOf(envelope), signer(1).sign(BODY))).toBe(false);
    expect(verify(1, digestOf(envelope), new Uint8Array(64))).toBe(false);
  });
});
