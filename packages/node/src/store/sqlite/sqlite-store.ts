import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Namespace } from '../namespaces.ts';
import { makePrivateDirectory, makePrivateFile } from '../private-files.ts';
import type { Entry, Store, Transaction } from '../store.ts';
import { TransactionGuard } from '../transaction-guard.ts';
import { migrate } from './schema.ts';
import { corruptedFile, isFromSqlite, storeError } from './sqlite-errors.ts';

/** The database inside a data directory. */
export const STORE_FILE_NAME = 'store.sqlite';

/**
 * EXCLUSIVE keeps the first lock until the file is closed, and the log's index in memory instead of in a third file.
 * FULL syncs the log at every commit. secure_delete overwrites what is deleted.
 */
const PRAGMAS = [
  'locking_mode = EXCLUSIVE',
  'journal_mode = WAL',
  'synchronous = FULL',
  'secure_delete = ON',
  'foreign_keys = ON',
  'trusted_schema = OFF',
];

/**
 * The store on disk: SQLite with a write-ahead log, synced at every commit, deleted bytes overwritten. One process at
 * a time: the file stays locked until `close` or the end of the process, however it ends.
 */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #transaction: SqliteTransaction;
  readonly #guard = new TransactionGuard();

  private constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#transaction = new SqliteTransaction(database);
  }

  /**
   * Opens the store of a data directory, making both if they do not exist (modes 0700 and 0600).
   * @throws NodeError `store/locked`, `store/newer-schema`, `store/corrupted-file`, `store/unavailable`
   */
  static open(directory: string): SqliteStore {
    const path = join(directory, STORE_FILE_NAME);
    let database: DatabaseSync | undefined;
    try {
      makePrivateDirectory(directory);
      makePrivateFile(path); // SQLite gives its log the mode of the database
      database = new DatabaseSync(path, { timeout: 0 });
      for (const pragma of PRAGMAS) database.exec(`PRAGMA ${pragma}`);
      migrate(database, path);
      const check = database.prepare('PRAGMA quick_check(1)').get();
      if (check?.quick_check !== 'ok') throw corruptedFile(path);
      const store = new SqliteStore(path, database);
      store.#emptyLog();
      return store;
    } catch (thrown) {
      database?.close();
      throw storeError(thrown, path);
    }
  }

  transact<T>(work: (transaction: Transaction) => T): T {
    let result: T;
    try {
      result = this.#guard.run(this.#transaction, work, {
        begin: () => {
          this.#transaction.deleted = false;
          this.#database.exec('BEGIN IMMEDIATE');
        },
        commit: () => this.#database.exec('COMMIT'),
        rollBack: () => {
          if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        },
      });
    } catch (thrown) {
      // Errors of `work` itself pass through untouched.
      throw isFromSqlite(thrown) ? storeError(thrown, this.#path) : thrown;
    }
    if (this.#transaction.deleted) this.#emptyLog();
    return result;
  }

  close(): void {
    if (this.#guard.close()) this.#database.close();
  }

  /**
   * Moves the log into the database and cuts it to nothing, because what was deleted is still in it. The commit before
   * was durable without this, so a failure here is not an error of it; the next deletion or start tries again.
   */
  #emptyLog(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // see above
    }
  }
}

class SqliteTransaction implements Transaction {
  /** Whether something was deleted since it was last set to false. */
  deleted = false;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #list: StatementSync;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare('SELECT value FROM entries WHERE namespace = ? AND key = ?');
    this.#put = database.prepare(
      'INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value',
    );
    this.#delete = database.prepare('DELETE FROM entries WHERE namespace = ? AND key = ?');
    this.#list = database.prepare('SELECT key, value FROM entries WHERE namespace = ? ORDER BY key');
  }

  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    const row = this.#get.get(namespace, key);
    return row === undefined ? undefined : (row.value as Uint8Array);
  }

  put(namespace: Namespace, key: Uint8Array, value: Uint8Array): void {
    this.#put.run(namespace, key, value);
  }

  delete(namespace: Namespace, key: Uint8Array): boolean {
    const existed = Number(this.#delete.run(namespace, key).changes) > 0;
    this.deleted ||= existed;
    return existed;
  }

  list(namespace: Namespace): readonly Entry[] {
    return this.#list.all(namespace).map((row) => ({ key: row.key as Uint8Array, value: row.value as Uint8Array }));
  }
}
