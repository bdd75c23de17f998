import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { utf8 } from '@keymesh/foundation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDisk, MemoryStore } from '../../src/store/memory-store.ts';
import { NAMESPACES, RETIRED_NAMESPACES, SEALED_FILE_NAMESPACE } from '../../src/store/namespaces.ts';
import { SqliteStore, STORE_FILE_NAME } from '../../src/store/sqlite/sqlite-store.ts';
import { describeStore } from './store.behavior.ts';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'keymesh-store-'));

describeStore('MemoryStore', () => {
  const disk = new MemoryDisk();
  return { open: () => new MemoryStore(disk), crash: () => {}, dispose: () => {} };
});

describeStore('SqliteStore', () => {
  const directory = temporary();
  let store: SqliteStore | undefined;
  return {
    open: () => {
      store = SqliteStore.open(directory);
      return store;
    },
    crash: () => store?.close(), // the crash of a real process is in crash.test.ts
    dispose: () => {
      store?.close();
      rmSync(directory, { recursive: true });
    },
  };
});

describe('SqliteStore', () => {
  let directory: string;
  beforeEach(() => {
    directory = join(temporary(), 'data');
  });
  afterEach(() => rmSync(join(directory, '..'), { recursive: true }));
  const file = (): string => join(directory, STORE_FILE_NAME);
  const put = (store: SqliteStore, name: string, text: string): void =>
    store.transact((entries) => entries.put(NAMESPACES.meta, utf8(name), utf8(text)));

  it('lets nobody else into its files, also into those that were open to others', () => {
    const store = SqliteStore.open(directory);
    put(store, 'a', 'text');
    const modes = (): string[] => {
      const paths = [directory, ...readdirSync(directory).map((name) => join(directory, name))];
      return paths.map((path) => (statSync(path).mode & 0o777).toString(8));
    };
    expect(modes()).toEqual(['700', '600', '600']); // the database and its log; no third file
    store.close();
    chmodSync(directory, 0o755);
    chmodSync(file(), 0o644);
    SqliteStore.open(directory).close();
    expect(modes()).toEqual(['700', '600']);
  });

  it('refuses a second process, and a second store in the same one, with a sentence', () => {
    const store = SqliteStore.open(directory);
    const locked = { code: 'store/locked', hint: expect.stringContaining('data directory of its own') };
    expect(() => SqliteStore.open(directory)).toThrow(expect.objectContaining(locked));
    const script = `
      import { SqliteStore } from ${JSON.stringify(join(import.meta.dirname, '../../src/store/sqlite/sqlite-store.ts'))};
      try { SqliteStore.open(${JSON.stringify(directory)}); console.log('opened'); }
      catch (error) { console.log(error.code, error.message); }`;
    const other = () =>
      spawnSync(process.execPath, ['--conditions=keymesh:source', '--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
    expect(other().stdout).toBe(`store/locked Another process uses the store ${file()}.\n`);
    put(store, 'a', 'still works');
    store.close();
    expect(other().stdout).toBe('opened\n');
  });

  it('leaves nothing of what was deleted, in no file', () => {
    const store = SqliteStore.open(directory);
    put(store, 'a', 'needle-'.repeat(400));
    put(store, 'b', 'stays');
    const found = (): boolean =>
      readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes('needle'));
    expect(found()).toBe(true);
    store.transact((entries) => entries.delete(NAMESPACES.meta, utf8('a')));
    expect(found()).toBe(false);
    store.close();
  });

  it('refuses a store of a newer release and does not touch it', () => {
    SqliteStore.open(directory).close();
    const raw = new DatabaseSync(file());
    raw.exec('UPDATE schema_version SET version = 2; CREATE TABLE of_the_future (x)');
    raw.close();
    const newer = expect.objectContaining({
      code: 'store/newer-schema',
      details: expect.objectContaining({ version: 2 }),
    });
    expect(() => SqliteStore.open(directory)).toThrow(newer);
    const again = new DatabaseSync(file());
    expect(again.prepare('SELECT version FROM schema_version').get()).toMatchObject({ version: 2 });
    expect(again.prepare("SELECT name FROM sqlite_schema WHERE name = 'of_the_future'").get()).toBeDefined();
    again.close();
  });

  it('says that a damaged file is damaged and leaves it as it is', () => {
    const store = SqliteStore.open(directory);
    for (let i = 0; i < 50; i++) put(store, `${i}`, 'x'.repeat(1_000));
    store.close();
    const good = readFileSync(file());
    const page = Buffer.from(good);
    page.fill(0xff, 8_192, 16_384);
    for (const bad of [Buffer.from('this is no database, but it is long enough to look at'.repeat(20)), page]) {
      writeFileSync(file(), bad);
      expect(() => SqliteStore.open(directory)).toThrow(expect.objectContaining({ code: 'store/corrupted-file' }));
    }
    expect(Buffer.compare(readFileSync(file()), page)).toBe(0);
    writeFileSync(file(), good);
    SqliteStore.open(directory).close();
  });

  it('says that a disk that refuses refuses', () => {
    writeFileSync(join(directory, '..', 'a-file'), '');
    expect(() => SqliteStore.open(join(directory, '..', 'a-file', 'data'))).toThrow(
      expect.objectContaining({ code: 'store/unavailable' }),
    );
  });
});

it('gives no number twice', () => {
  const numbers = [...Object.values(NAMESPACES), ...RETIRED_NAMESPACES, SEALED_FILE_NAMESPACE];
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(NAMESPACES).toEqual({ meta: 1, joinedExecutions: 2, keyShares: 3, burntPairs: 4 }); // on disk: a change needs a migration
});
