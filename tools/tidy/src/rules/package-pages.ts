import type { Rule } from '../tree.ts';

/** Every package says in a README what it is, what it promises and what it depends on. */
export const packagePages: Rule = {
  name: 'package-pages',
  check: (tree) =>
    tree.files
      .flatMap((path) => /^(packages\/[^/]+)\/package\.json$/.exec(path)?.[1] ?? [])
      .filter((folder) => !tree.files.includes(`${folder}/README.md`))
      .map((folder) => ({ path: folder, message: 'A package needs a README.md.' })),
};
