import type { DatabaseSync } from 'node:sqlite';
import { NodeError } from '../../errors.ts';

/** Step i brings a store from version i to i + 1. Steps are never changed once released, only added. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE entries (
     namespace INTEGER NOT NULL,
     key BLOB NOT NULL,
     value BLOB NOT NULL,
     PRIMARY KEY (namespace, key)
   ) STRICT, WITHOUT ROWID`,
];

/** The version that this release reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the tables to this release's version, atomically.
 * @throws NodeError `store/newer-schema` if a newer release was here; nothing has changed then.
 */
export function migrate(database: DatabaseSync, path: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
    const row = database.prepare('SELECT version FROM schema_version').get();
    const version = Number(row?.version ?? 0);
    if (version > SCHEMA_VERSION) throw newerSchema(path, version);
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    if (row === undefined) database.prepare('INSERT INTO schema_version VALUES (?)').run(SCHEMA_VERSION);
    else database.prepare('UPDATE schema_version SET version = ?').run(SCHEMA_VERSION);
    database.exec('COMMIT');
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw thrown;
  }
}

function newerSchema(path: string, version: number): NodeError {
  return new NodeError(`The store ${path} was written by a newer release of Keymesh.`, {
    code: 'store/newer-schema',
    fault: 'caller',
    hint: 'Start the newer release again; an older one could lose what it does not know. Nothing was changed.',
    details: { path, version, supported: SCHEMA_VERSION },
  });
}
