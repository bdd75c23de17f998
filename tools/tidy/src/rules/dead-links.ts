import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Rule } from '../tree.ts';

/** A relative link in a document leads to a file of the checkout. */
export const deadLinks: Rule = {
  name: 'dead-links',
  check: (tree) =>
    tree.files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        tree
          .read(path)
          .split('\n')
          .flatMap((text, index) =>
            [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
              .map((match) => match[1] as string)
              .filter((target) => !/^[a-z]+:/i.test(target))
              .filter((target) => !existsSync(join(tree.root, normalize(join(dirname(path), target)))))
              .map((target) => ({ path, line: index + 1, message: `The link to ${target} leads nowhere.` })),
          ),
      ),
};
