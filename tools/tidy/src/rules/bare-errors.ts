import { identifierName, parse, walk } from '../syntax.ts';
import { isPackageSource, type Rule } from '../tree.ts';

const BARE = new Set(['Error', 'TypeError', 'RangeError', 'AggregateError']);

/** An error without a code, a fault and a hint cannot be handled or looked up. */
export const bareErrors: Rule = {
  name: 'bare-errors',
  check: (tree) =>
    tree.files.filter(isPackageSource).flatMap((path) => {
      const source = parse(path, tree.read(path));
      return [...walk(source.program)]
        .filter((node) => node.type === 'NewExpression' || node.type === 'CallExpression')
        .filter((node) => BARE.has(identifierName(node.callee) ?? ''))
        .map((node) => ({
          path,
          line: source.lineOf(node.start),
          message: "Throw the package's own error class with a code.",
        }));
    }),
};
