import { expect, it } from 'vitest';
import { MemoryDisk, MemoryStore } from '../../src/store/memory-store.ts';
import { NAMESPACES } from '../../src/store/namespaces.ts';
import { StoredBurntPairs } from '../../src/store/stored-burnt-pairs.ts';

const epoch = (number: number): Uint8Array => new Uint8Array(32).fill(number);

it('burnt pairs outlive the process, belong to their epoch, and go with it', () => {
  const disk = new MemoryDisk();
  const restart = (): StoredBurntPairs => new StoredBurntPairs(new MemoryStore(disk));
  const first = restart();
  expect(first.ofEpoch(epoch(1))).toEqual([]);
  for (const peer of [3, 65_535, 3]) first.record(epoch(1), peer);
  expect([...restart().ofEpoch(epoch(1))].sort((a, b) => a - b)).toEqual([3, 65_535]);
  // The next epoch knows of none, and what was kept of the one before is forgotten.
  expect(restart().ofEpoch(epoch(2))).toEqual([]);
  const left = new MemoryStore(disk).transact((entries) => [...entries.list(NAMESPACES.burntPairs)]);
  expect(left).toEqual([]);
});
