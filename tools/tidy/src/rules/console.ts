import { identifierName, parse, walk } from '../syntax.ts';
import { isPackageSource, packageOf, type Rule } from '../tree.ts';

/** Packages speak through return values, errors and the node's logger. Only the command line owns the terminal. */
export const noConsole: Rule = {
  name: 'console',
  check: (tree) =>
    tree.files
      .filter((path) => isPackageSource(path) && packageOf(path) !== 'cli')
      .flatMap((path) => {
        const source = parse(path, tree.read(path));
        return [...walk(source.program)]
          .filter((node) => node.type === 'MemberExpression' && identifierName(node.object) === 'console')
          .map((node) => ({ path, line: source.lineOf(node.start), message: 'console is for the cli package only.' }));
      }),
};
