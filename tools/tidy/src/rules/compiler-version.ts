import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Rule } from '../tree.ts';

/** Another package can take over the `tsc` command without a word (house rule found the hard way): it must be the locked one. */
export const compilerVersion: Rule = {
  name: 'compiler-version',
  check(tree) {
    const lock = JSON.parse(tree.read('package-lock.json')) as { packages: Record<string, { version?: string }> };
    const pinned = lock.packages['node_modules/typescript']?.version;
    const printed = execFileSync(join(tree.root, 'node_modules', '.bin', 'tsc'), ['--version'], { encoding: 'utf8' });
    const actual = printed.trim().replace(/^Version\s+/, '');
    return actual === pinned
      ? []
      : [{ path: 'package-lock.json', message: `tsc is ${actual}, the lock file says ${pinned ?? 'nothing'}.` }];
  },
};
