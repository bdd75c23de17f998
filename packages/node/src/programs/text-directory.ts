import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCid } from '@keymesh/protocol/cid';
import type { TextStore } from './program-store.ts';

/** Texts as files of one directory, by their CIDs. */
export function createTextDirectory(directory: string): TextStore {
  return {
    read: async (name) => {
      if (!isCid(name)) return undefined;
      return readFile(join(directory, name), 'utf8').catch(() => undefined);
    },
    write: async (name, text) => {
      if (!isCid(name)) return;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const draft = join(directory, `.${name}.${process.pid}`);
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, join(directory, name));
    },
  };
}
