import type { Rule } from '../tree.ts';

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * `npm ci` refuses a lock file that lacks an optional package, and `npm install` leaves one out when the registry in use
 * does not carry it. An alias to another package is npm's way of writing down such a failure in package.json.
 */
export const lockFile: Rule = {
  name: 'lock-file',
  check(tree) {
    const path = 'package-lock.json';
    const { packages } = JSON.parse(tree.read(path)) as LockFile;
    const locked = Object.keys(packages);
    return Object.values(packages).flatMap((entry) =>
      Object.entries(entry.optionalDependencies ?? {}).flatMap(([name, version]) => {
        if (version.startsWith('npm:null')) return [{ path, message: `${name} stands for no package.` }];
        return locked.some((one) => one.endsWith(`node_modules/${name}`))
          ? []
          : [{ path, message: `${name} has no entry; run node tools/system/complete-lockfile.mjs.` }];
      }),
    );
  },
};
