import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Only the node's own account may enter its directory and read its files. */
export const PRIVATE_DIRECTORY_MODE = 0o700;
export const PRIVATE_FILE_MODE = 0o600;

/** Makes a directory, or takes rights away from one that is there. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: PRIVATE_DIRECTORY_MODE });
  chmodSync(path, PRIVATE_DIRECTORY_MODE);
}

/**
 * Makes an empty file, or takes rights away from one that is there. One that is there is not opened: closing it again
 * would end the locks that SQLite holds on it in this process (POSIX ties them to the file, not to its opening).
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', PRIVATE_FILE_MODE));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
  chmodSync(path, PRIVATE_FILE_MODE);
}

/**
 * Writes a file so that after a crash at any point it has either its old content or the new one, durably: a new file
 * beside it is written and synced, renamed over it, and the directory is synced.
 */
export function writePrivateFile(path: string, content: string): void {
  const beside = `${path}.new`;
  try {
    const file = openSync(beside, 'w', PRIVATE_FILE_MODE);
    try {
      fchmodSync(file, PRIVATE_FILE_MODE);
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (thrown) {
    try {
      unlinkSync(beside);
    } catch {
      // it was not made, or the disk refuses everything; the first error says why
    }
    throw thrown;
  }
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
