import { KeymeshError } from '@keymesh/foundation';
import { NodeError } from '../../errors.ts';

/** SQLite result codes (https://www.sqlite.org/rescode.html): the low byte of an extended code. */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** An error of `node:sqlite` or the file system as a typed one; a `KeymeshError` stays what it is. */
export function storeError(thrown: unknown, path: string): KeymeshError {
  if (thrown instanceof KeymeshError) return thrown;
  switch (resultCodeOf(thrown)) {
    case BUSY:
      return new NodeError(`Another process uses the store ${path}.`, {
        code: 'store/locked',
        fault: 'environment',
        hint: 'Stop the other node first, or give this one a data directory of its own.',
        details: { path },
        cause: thrown,
      });
    case CORRUPT:
    case NOT_A_DATABASE:
      return corruptedFile(path, thrown);
    default:
      return new NodeError(`The store ${path} cannot be used.`, {
        code: 'store/unavailable',
        fault: 'environment',
        hint: 'Look for free space, rights and errors of that disk. Nothing was changed.',
        details: { path },
        cause: thrown,
      });
  }
}

export function corruptedFile(path: string, cause?: unknown): NodeError {
  return new NodeError(`The store ${path} is damaged or is no store.`, {
    code: 'store/corrupted-file',
    fault: 'environment',
    hint: 'Keep the file, and restore the data directory from a backup of this node. Nothing was changed.',
    details: { path },
    cause,
  });
}

/** Whether `node:sqlite` threw it. */
export function isFromSqlite(thrown: unknown): boolean {
  return resultCodeOf(thrown) !== undefined;
}

function resultCodeOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}
