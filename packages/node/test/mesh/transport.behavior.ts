import type { PartyIndex } from '@keymesh/foundation';
import { afterEach, describe, expect, it } from 'vitest';
import type { Transport } from '../../src/mesh/transport.ts';

/** Transports for parties 1 … n of one implementation, and the means to drive them. */
export interface TransportHarness {
  readonly transports: readonly Transport[];
  start(party: PartyIndex): Promise<void>;
  /** As by kill -9. */
  kill(party: PartyIndex): Promise<void>;
  /** A new life of a killed party, not started yet. */
  revive(party: PartyIndex): Transport;
  /** Lets time pass until the condition holds; throws if it does not. */
  until(condition: () => boolean): Promise<void>;
  /** Lets enough time pass for anything that was wrongly sent to arrive. */
  settle(): Promise<void>;
  /** Longest frame. Bytes. */
  readonly frameBytesMax: number;
  stop(): Promise<void>;
}

interface Seen {
  readonly from: PartyIndex;
  readonly frame: Uint8Array;
}

/** What every `Transport` does. Run by each implementation's test. */
export function describeTransport(name: string, create: (parties: number) => Promise<TransportHarness>): void {
  describe(`${name} as a Transport`, () => {
    let harness: TransportHarness;
    afterEach(() => harness.stop());

    const watch = (transport: Transport): { frames: Seen[]; changes: string[] } => {
      const seen = { frames: [] as Seen[], changes: [] as string[] };
      transport.onFrame((from, frame) => seen.frames.push({ from, frame }));
      transport.onPeerChange((peer, state) => seen.changes.push(`${peer} ${state}`));
      return seen;
    };
    const startAll = async (parties: number): Promise<ReturnType<typeof watch>[]> => {
      harness = await create(parties);
      const seen = harness.transports.map(watch);
      for (let party = 1; party <= parties; party++) await harness.start(party);
      await harness.until(() => seen.every((one) => one.changes.length === parties - 1));
      return seen;
    };
    const at = <T>(list: readonly T[], party: PartyIndex): T => list[party - 1] as T;

    it('knows its own index and its peers, ascending and without itself', async () => {
      harness = await create(3);
      expect(harness.transports.map((transport) => transport.self)).toEqual([1, 2, 3]);
      expect(harness.transports.map((transport) => transport.peers)).toEqual([
        [2, 3],
        [1, 3],
        [1, 2],
      ]);
    });

    it('reports each peer up once, and names the true sender of each frame', async () => {
      const seen = await startAll(3);
      expect(seen.map((one) => [...one.changes].sort())).toEqual([
        ['2 up', '3 up'],
        ['1 up', '3 up'],
        ['1 up', '2 up'],
      ]);
      for (const transport of harness.transports) {
        for (const peer of transport.peers) transport.send(peer, Uint8Array.of(transport.self, peer));
      }
      await harness.until(() => seen.every((one) => one.frames.length === 2));
      for (const [i, one] of seen.entries()) {
        for (const { from, frame } of one.frames) expect([...frame]).toEqual([from, i + 1]);
        expect(new Set(one.frames.map((frame) => frame.from)).size).toBe(2);
      }
    });

    it('carries frames of every size unaltered, the longest included', async () => {
      const seen = await startAll(2);
      const sizes = [0, 1, 4, 255, 65_536, harness.frameBytesMax];
      const frames = sizes.map((size) => Uint8Array.from({ length: size }, (_, i) => (i * 7 + size) & 0xff));
      for (const frame of frames) at(harness.transports, 1).send(2, frame);
      await harness.until(() => at(seen, 2).frames.length === sizes.length);
      for (const frame of frames) {
        const got = at(seen, 2).frames.find((one) => one.frame.length === frame.length);
        expect(Buffer.compare(got?.frame ?? new Uint8Array(), frame)).toBe(0);
      }
    });

    it('gives the receiver memory of its own', async () => {
      const seen = await startAll(2);
      const frame = Uint8Array.of(1, 2, 3);
      at(harness.transports, 1).send(2, frame);
      frame.fill(9);
      await harness.until(() => at(seen, 2).frames.length === 1);
      expect([...(at(seen, 2).frames[0]?.frame ?? [])]).toEqual([1, 2, 3]);
    });

    it('drops frames to a peer that is away or does not exist, without an exception', async () => {
      harness = await create(2);
      const seen = harness.transports.map(watch);
      await harness.start(1);
      const transport = at(harness.transports, 1);
      expect(() => {
        transport.send(2, Uint8Array.of(1));
        transport.send(77, Uint8Array.of(1));
        transport.send(1, Uint8Array.of(1));
      }).not.toThrow();
      await harness.settle();
      await harness.start(2);
      await harness.until(() => at(seen, 1).changes.length === 1);
      await harness.settle();
      expect(seen.flatMap((one) => one.frames)).toEqual([]);
    });

    it('reports a killed peer down, and connects again when it is back', async () => {
      const seen = await startAll(2);
      for (const victim of [1, 2]) {
        const survivor = at(seen, 3 - victim);
        survivor.changes.length = 0;
        await harness.kill(victim);
        await harness.until(() => survivor.changes.length === 1);
        const revived = watch(harness.revive(victim));
        await harness.start(victim);
        await harness.until(() => survivor.changes.length === 2 && revived.changes.length === 1);
        expect(survivor.changes).toEqual([`${victim} down`, `${victim} up`]);
        at(harness.transports, 3 - victim).send(victim, Uint8Array.of(42));
        await harness.until(() => revived.frames.length === 1);
        seen[victim - 1] = revived;
      }
    });

    it('hands nothing to the handlers after it was killed', async () => {
      const seen = await startAll(2);
      await harness.kill(2);
      at(seen, 2).frames.length = 0;
      at(seen, 2).changes.length = 0;
      at(harness.transports, 1).send(2, Uint8Array.of(1));
      await harness.settle();
      expect(at(seen, 2).frames).toEqual([]);
    });
  });
}
