import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A checkout as the rules see it: what git tracks or would track. */
export interface Tree {
  readonly root: string;
  /** Paths relative to the root, with forward slashes, sorted. */
  readonly files: readonly string[];
  read(path: string): string;
}

/** One broken rule at one place. */
export interface Finding {
  readonly path: string;
  /** First line is 1; absent when the finding is about the file as a whole. */
  readonly line?: number;
  readonly message: string;
}

export interface Rule {
  readonly name: string;
  check(tree: Tree): Finding[];
}

const LISTING_BYTES_MAX = 64 * 1024 * 1024;

/** Lists a checkout. Untracked files count, so that a violation is seen before it is committed. */
export function openTree(root: string): Tree {
  const listing = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: LISTING_BYTES_MAX,
  });
  const files = [...new Set(listing.split('\0'))].filter((path) => path !== '' && existsSync(join(root, path))).sort();
  const texts = new Map<string, string>();
  return {
    root,
    files,
    read(path) {
      const known = texts.get(path);
      if (known !== undefined) return known;
      const text = readFileSync(join(root, path), 'utf8');
      texts.set(path, text);
      return text;
    },
  };
}

export const isCode = (path: string): boolean => /\.(?:ts|tsx|mts|mjs|cjs|js)$/.test(path);

export const isGenerated = (path: string): boolean => path.split('/').includes('generated');

/** A package's own hand-written sources: what runs in production. */
export const isPackageSource = (path: string): boolean =>
  /^packages\/[^/]+\/src\//.test(path) && isCode(path) && !isGenerated(path);

/** `packages/node/src/main.ts` → `node`. */
export const packageOf = (path: string): string | undefined => /^packages\/([^/]+)\//.exec(path)?.[1];
