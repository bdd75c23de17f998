import { parse, type SyntaxNode, stringValue, walk } from '../syntax.ts';
import { type Finding, isPackageSource, packageOf, type Rule, type Tree } from '../tree.ts';

const CODE = /^[a-z0-9-]+(?:\/[a-z0-9-]+)+$/;

interface FoundCode {
  readonly code: string;
  readonly path: string;
  readonly line: number;
}

/** Every error code has a row in its package's page, and every row is a code that exists: people search for what they see. */
export const errorPages: Rule = {
  name: 'error-pages',
  check(tree) {
    const packages = [...new Set(tree.files.filter(isPackageSource).map((path) => packageOf(path) as string))];
    return packages.flatMap((name) => checkPackage(tree, name));
  },
};

function checkPackage(tree: Tree, name: string): Finding[] {
  const page = `docs/errors/${name}.md`;
  const codes = declaredCodes(tree, name);
  const documented = tree.files.includes(page) ? documentedCodes(tree.read(page)) : new Map<string, number>();
  const undocumented = codes
    .filter(({ code }) => !documented.has(code))
    .map(({ code, path, line }) => ({ path, line, message: `Error code ${code} has no row in ${page}.` }));
  const existing = new Set([...codes.map(({ code }) => code), ...mentionedCodes(tree, name)]);
  const stale = [...documented]
    .filter(([code]) => !existing.has(code))
    .map(([code, line]) => ({ path: page, line, message: `No source of packages/${name} knows the code ${code}.` }));
  return [...undocumented, ...stale];
}

/** The members of every type named `…ErrorCode` in the package. */
function declaredCodes(tree: Tree, name: string): FoundCode[] {
  return sourcesOf(tree, name).flatMap((path) => {
    const source = parse(path, tree.read(path));
    const aliases = [...walk(source.program)].filter(
      (node) =>
        node.type === 'TSTypeAliasDeclaration' && ((node.id as SyntaxNode).name as string).endsWith('ErrorCode'),
    );
    return aliases.flatMap((alias) =>
      [...walk(alias)].flatMap((node) => {
        const code = stringValue(node);
        return code === undefined ? [] : [{ code, path, line: source.lineOf(node.start) }];
      }),
    );
  });
}

function mentionedCodes(tree: Tree, name: string): string[] {
  return sourcesOf(tree, name).flatMap((path) =>
    [...walk(parse(path, tree.read(path)).program)].flatMap((node) => {
      const text = stringValue(node);
      return text !== undefined && CODE.test(text) ? [text] : [];
    }),
  );
}

const sourcesOf = (tree: Tree, name: string): string[] =>
  tree.files.filter((path) => isPackageSource(path) && packageOf(path) === name);

/** Rows of a table whose first cell is one code in backticks, with their line numbers. */
function documentedCodes(page: string): Map<string, number> {
  const rows = new Map<string, number>();
  page.split('\n').forEach((text, index) => {
    const code = /^\|\s*`([^`]+)`\s*\|/.exec(text)?.[1];
    if (code !== undefined) rows.set(code, index + 1);
  });
  return rows;
}
