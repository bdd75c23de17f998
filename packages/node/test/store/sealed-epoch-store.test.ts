import { toHex } from '@keymesh/foundation';
import { nobleCurves } from '@keymesh/threshold/curves';
import { describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryStore } from '../../src/store/memory-store.ts';
import { NAMESPACES } from '../../src/store/namespaces.ts';
import { SealedEpochStore } from '../../src/store/sealed-epoch-store.ts';
import { executionId, legible, MARKER, sealerOf, sharesOf } from './epoch-shares.ts';

function open(disk: MemoryDisk = new MemoryDisk(), keyByte = 1) {
  const store = new MemoryStore(disk);
  return { disk, store, epochs: new SealedEpochStore({ store, sealer: sealerOf(keyByte), curves: nobleCurves }) };
}
const attempts = (epochs: SealedEpochStore): number[] => epochs.loadShares().map((shares) => shares.attempt);

describe('SealedEpochStore', () => {
  it('gives back exactly the shares that were saved, also after a restart', () => {
    const { disk, epochs } = open();
    epochs.saveShares(sharesOf(0));
    epochs.saveShares(sharesOf(1));
    expect(epochs.loadShares().map(legible)).toEqual([legible(sharesOf(0)), legible(sharesOf(1))]);
    expect(open(disk).epochs.loadShares().map(legible)).toEqual([legible(sharesOf(0)), legible(sharesOf(1))]);
  });

  it('leaves the shares to their owner', () => {
    const { epochs } = open();
    const shares = sharesOf(0);
    epochs.saveShares(shares);
    expect(legible(shares)).toEqual(legible(sharesOf(0)));
    for (const { share } of epochs.loadShares()[0]?.shares ?? []) share.wipe();
    expect(epochs.loadShares().map(legible)).toEqual([legible(sharesOf(0))]);
  });

  it('remembers which executions it joined, and forgets them when one becomes active', () => {
    const { disk, epochs } = open();
    expect(epochs.hasJoined(executionId(0))).toBe(false);
    epochs.recordJoined(executionId(0));
    epochs.recordJoined(executionId(0));
    expect(open(disk).epochs.hasJoined(executionId(0))).toBe(true);
    expect(epochs.hasJoined(executionId(1))).toBe(false);
    epochs.saveShares(sharesOf(0));
    epochs.activateShares(executionId(0));
    expect(epochs.hasJoined(executionId(0))).toBe(false);
  });

  it('keeps the active shares and erases all others', () => {
    const { epochs } = open();
    for (const attempt of [0, 1, 2]) epochs.saveShares(sharesOf(attempt));
    epochs.activateShares(executionId(1));
    expect(attempts(epochs)).toEqual([1]);
    epochs.activateShares(executionId(1));
    expect(attempts(epochs)).toEqual([1]);
  });

  it('erases nothing for an execution that it has no shares of', () => {
    const { epochs } = open();
    epochs.recordJoined(executionId(0));
    epochs.saveShares(sharesOf(0));
    expect(() => epochs.activateShares(executionId(9))).toThrow(
      expect.objectContaining({ code: 'store/no-such-shares' }),
    );
    expect(attempts(epochs)).toEqual([0]);
    expect(epochs.hasJoined(executionId(0))).toBe(true);
  });

  it('takes the same shares again, and no others for the same execution', () => {
    const { epochs } = open();
    epochs.saveShares(sharesOf(0));
    epochs.saveShares(sharesOf(0));
    expect(() => epochs.saveShares(sharesOf(0, 99))).toThrow(expect.objectContaining({ code: 'store/conflict' }));
    expect(epochs.loadShares().map(legible)).toEqual([legible(sharesOf(0))]);
  });

  it('refuses a wrong key, saying so, and loses nothing', () => {
    const { disk, epochs } = open();
    epochs.saveShares(sharesOf(0));
    const other = open(disk, 2).epochs;
    expect(() => other.loadShares()).toThrow(expect.objectContaining({ code: 'store/wrong-key' }));
    expect(() => other.saveShares(sharesOf(0))).toThrow(expect.objectContaining({ code: 'store/wrong-key' }));
    expect(attempts(epochs)).toEqual([0]);
  });

  it('names a damaged entry, and loses neither it nor another', () => {
    const { disk, store, epochs } = open();
    for (const attempt of [0, 1]) epochs.saveShares(sharesOf(attempt));
    const key = executionId(1);
    const good = store.transact((entries) => entries.get(NAMESPACES.keyShares, key)) as Uint8Array;
    const put = (value: Uint8Array): void => store.transact((entries) => entries.put(NAMESPACES.keyShares, key, value));
    const bad = good.slice();
    bad[100] = (bad[100] as number) ^ 1;
    const sealed = { namespace: NAMESPACES.keyShares, key, name: 'x' };
    const foreign = [Uint8Array.of(), Uint8Array.of(2), Uint8Array.from(good.slice(0, 60))];
    for (const value of [bad, good.slice(0, 20), ...foreign.map((plain) => sealerOf(1).seal(sealed, plain))]) {
      put(value);
      expect(() => open(disk).epochs.loadShares()).toThrow(
        expect.objectContaining({ code: 'store/corrupted-row', message: expect.stringContaining(toHex(key)) }),
      );
    }
    put(good);
    expect(attempts(epochs)).toEqual([0, 1]);
  });

  it('refuses an entry that was moved to another execution', () => {
    const { store, epochs } = open();
    epochs.saveShares(sharesOf(0));
    store.transact((entries) => {
      const value = entries.get(NAMESPACES.keyShares, executionId(0)) as Uint8Array;
      entries.put(NAMESPACES.keyShares, executionId(5), value);
    });
    expect(() => epochs.loadShares()).toThrow(expect.objectContaining({ code: 'store/corrupted-row' }));
  });

  it('writes no share in clear', () => {
    const { disk, epochs } = open();
    epochs.saveShares(sharesOf(0));
    expect(disk.entries.size).toBe(1);
    for (const value of disk.entries.values()) expect(Buffer.from(value).includes(MARKER)).toBe(false);
  });
});
