import { utf8 } from '@keymesh/foundation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { STORE_VALUE_BYTES_MAX } from '../../src/limits.ts';
import { NAMESPACES } from '../../src/store/namespaces.ts';
import type { Store, Transaction } from '../../src/store/store.ts';

/** One place where bytes are durable, and stores opened on it one after the other. */
export interface StoreHarness {
  open(): Store;
  /** Ends the store that is open as a crash would. */
  crash(): void;
  dispose(): void;
}

const { meta, keyShares } = NAMESPACES;
const key = (text: string): Uint8Array => utf8(text);
const value = Uint8Array.of(1, 2, 3);

/** What every `Store` does. Run by each implementation's test. */
export function describeStore(name: string, create: () => StoreHarness): void {
  describe(`${name} as a Store`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(() => {
      harness = create();
      store = harness.open();
    });
    afterEach(() => harness.dispose());

    const read = (namespace: 1 | 2 | 3, name: string) => store.transact((entries) => entries.get(namespace, key(name)));

    it('gives back what was put, by namespace and key, and nothing else', () => {
      store.transact((entries) => entries.put(meta, key('a'), value));
      expect([...(read(meta, 'a') ?? [])]).toEqual([1, 2, 3]);
      expect(read(meta, 'b')).toBeUndefined();
      expect(read(meta, '')).toBeUndefined();
      expect(read(keyShares, 'a')).toBeUndefined();
    });

    it('replaces and deletes', () => {
      store.transact((entries) => entries.put(meta, key('a'), value));
      store.transact((entries) => entries.put(meta, key('a'), Uint8Array.of(9)));
      expect([...(read(meta, 'a') ?? [])]).toEqual([9]);
      expect(store.transact((entries) => entries.delete(meta, key('a')))).toBe(true);
      expect(store.transact((entries) => entries.delete(meta, key('a')))).toBe(false);
      expect(read(meta, 'a')).toBeUndefined();
    });

    it('lists a namespace in the order of the keys', () => {
      store.transact((entries) => {
        for (const name of ['b', 'aa', '', 'a', 'ba']) entries.put(meta, key(name), key(`value of ${name}`));
        entries.put(keyShares, key('other'), value);
        entries.delete(meta, key('ba'));
        expect(entries.list(meta)).toHaveLength(4); // its own writes, too
      });
      const listed = store.transact((entries) => entries.list(meta));
      expect(listed.map((entry) => Buffer.from(entry.key).toString())).toEqual(['', 'a', 'aa', 'b']);
      expect(listed.map((entry) => Buffer.from(entry.value).toString())[2]).toBe('value of aa');
    });

    it('takes empty values, all byte values and long values', () => {
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);
      const long = new Uint8Array(STORE_VALUE_BYTES_MAX).fill(5);
      store.transact((entries) => {
        entries.put(meta, all, all);
        entries.put(meta, key('empty'), new Uint8Array(0));
        entries.put(meta, key('long'), long);
      });
      expect(store.transact((entries) => entries.get(meta, all))).toEqual(all);
      expect(read(meta, 'empty')).toHaveLength(0);
      expect(Buffer.compare(read(meta, 'long') ?? value, long)).toBe(0);
      const misused = expect.objectContaining({ code: 'store/misused' });
      const tooLong = new Uint8Array(STORE_VALUE_BYTES_MAX + 1);
      expect(() => store.transact((entries) => entries.put(meta, key('b'), tooLong))).toThrow(misused);
    });

    it('shares no memory with its user', () => {
      const mine = Uint8Array.of(1, 2, 3);
      store.transact((entries) => entries.put(meta, key('a'), mine));
      mine.fill(0);
      read(meta, 'a')?.fill(9);
      store.transact((entries) => entries.list(meta))[0]?.value.fill(9);
      expect([...(read(meta, 'a') ?? [])]).toEqual([1, 2, 3]);
    });

    it('sees its own writes inside a transaction', () => {
      store.transact((entries) => {
        entries.put(meta, key('a'), value);
        expect(entries.get(meta, key('a'))).toHaveLength(3);
        entries.delete(meta, key('a'));
        expect(entries.get(meta, key('a'))).toBeUndefined();
        entries.put(meta, key('a'), Uint8Array.of(7));
      });
      expect([...(read(meta, 'a') ?? [])]).toEqual([7]);
    });

    it('does nothing of a transaction that throws, and throws the same', () => {
      store.transact((entries) => entries.put(meta, key('a'), value));
      const mine = new RangeError('mine');
      expect(() =>
        store.transact((entries) => {
          entries.put(meta, key('a'), Uint8Array.of(9));
          entries.put(meta, key('b'), value);
          entries.delete(meta, key('a'));
          throw mine;
        }),
      ).toThrow(mine);
      expect([...(read(meta, 'a') ?? [])]).toEqual([1, 2, 3]);
      expect(read(meta, 'b')).toBeUndefined();
    });

    it('keeps what was committed through a crash, and nothing else', () => {
      store.transact((entries) => entries.put(meta, key('a'), value));
      try {
        store.transact((entries) => {
          entries.put(meta, key('b'), value);
          throw new RangeError('crash in the middle');
        });
      } catch {
        // as wanted
      }
      harness.crash();
      store = harness.open();
      expect([...(read(meta, 'a') ?? [])]).toEqual([1, 2, 3]);
      expect(read(meta, 'b')).toBeUndefined();
    });

    it('refuses what cannot be atomic, and does nothing of it', () => {
      const misused = expect.objectContaining({ code: 'store/misused' });
      let leaked: Transaction | undefined;
      expect(() => store.transact(() => store.transact(() => {}))).toThrow(misused);
      expect(() => store.transact(() => store.close())).toThrow(misused);
      expect(() =>
        store.transact(async (entries) => {
          entries.put(meta, key('a'), value);
        }),
      ).toThrow(misused);
      store.transact((entries) => {
        leaked = entries;
      });
      expect(() => leaked?.put(meta, key('a'), value)).toThrow(misused);
      expect(read(meta, 'a')).toBeUndefined();
    });

    it('refuses use after close, which may be repeated', () => {
      store.close();
      store.close();
      expect(() => read(meta, 'a')).toThrow(expect.objectContaining({ code: 'store/misused' }));
    });
  });
}
