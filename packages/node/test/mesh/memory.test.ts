import { describe, expect, it } from 'vitest';
import { MESH_FRAME_BYTES_MAX } from '../../src/limits.ts';
import { MemoryNetwork, type MemoryTransport } from '../../src/mesh/memory.ts';
import { describeTransport } from './transport.behavior.ts';
import { seededRandom, unit, VirtualClock } from './virtual-clock.ts';

describeTransport('MemoryTransport', async (parties) => {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ parties: Array.from({ length: parties }, (_, i) => i + 1), clock });
  const transports: MemoryTransport[] = network.parties.map((party) => network.open(party));
  return {
    transports,
    frameBytesMax: MESH_FRAME_BYTES_MAX,
    start: async (party) => transports[party - 1]?.start(),
    kill: async (party) => network.crash(party),
    revive: (party) => {
      const transport = network.open(party);
      transports[party - 1] = transport;
      return transport;
    },
    until: async (condition) => expect(clock.advanceUntil(condition, 1_000, 1)).toBe(true),
    settle: async () => clock.advance(1_000),
    stop: async () => {},
  };
});

describe('MemoryNetwork', () => {
  const pair = (faults: (seed: number) => readonly number[]) => {
    const clock = new VirtualClock();
    let count = 0;
    const network = new MemoryNetwork({ parties: [1, 2], clock, faults: () => faults(count++) });
    const [one, two] = [network.open(1), network.open(2)];
    const got: number[] = [];
    two.onFrame((_, frame) => got.push(frame[0] as number));
    one.start();
    two.start();
    return { clock, network, one, two, got };
  };

  it('loses, repeats and reorders as the policy says', () => {
    const { clock, network, one, got } = pair((i) => [[], [5, 6], [30], [1]][i] ?? [0]);
    for (let i = 0; i < 4; i++) one.send(2, Uint8Array.of(i));
    clock.advance(100);
    expect(got).toEqual([3, 1, 1, 2]);
    expect(network.counters).toEqual({ sent: 4, delivered: 4 });
  });

  it('lets frames outlive the crash of their sender', () => {
    const { clock, network, one, got } = pair(() => [50]);
    one.send(2, Uint8Array.of(7));
    network.crash(1);
    one.send(2, Uint8Array.of(8));
    clock.advance(100);
    expect(got).toEqual([7]);
  });

  it('runs the same for the same seed', () => {
    const run = (seed: number): number[] => {
      const random = seededRandom(seed);
      const { clock, one, got } = pair(() => (unit(random) < 0.3 ? [] : [unit(random) * 50, unit(random) * 50]));
      for (let i = 0; i < 100; i++) one.send(2, Uint8Array.of(i));
      clock.advance(100);
      return got;
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});
