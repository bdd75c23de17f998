import { identifierName, isNode, parse, type Source, type SyntaxNode } from '../syntax.ts';
import { type Finding, isPackageSource, type Rule } from '../tree.ts';

const UNITS = (
  'MS SECONDS MINUTES HOURS DAYS BYTES KIB MIB BITS HZ COUNT COUNTS MAX MIN LIMIT LENGTH SIZE NUMBER INDEX ID KIND TYPE ' +
  'VERSION TAG CODE PORT RATIO PERCENT FACTOR ATTEMPTS RETRIES ROUNDS EPOCHS BLOCKS WEI GWEI ETHER GAS CHARACTERS CHARS ITEMS LINES DIGITS ORDER ' +
  'MESSAGES FRAMES REQUESTS NONCES CONNECTIONS PARTIES NODES SHARES SCOPE MODE NAMESPACE'
).split(' ');
const UNIT_IN_NAME = new RegExp(`(?:^|_)(?:${UNITS.join('|')})(?:_|$)`);
const UNIT_IN_DOC =
  /\b(?:milliseconds?|seconds?|minutes?|hours?|days?|bytes?|bits?|count|number of|how many|wei|gas|blocks?|rounds?|per)\b/i;

/** Exported numeric constants carry their unit in the name, or in the comment directly above them. */
export const units: Rule = {
  name: 'units',
  check: (tree) =>
    tree.files.filter(isPackageSource).flatMap((path) => {
      const source = parse(path, tree.read(path));
      return (source.program.body as SyntaxNode[]).flatMap((node) => findingsOf(path, source, node));
    }),
};

function findingsOf(path: string, source: Source, node: SyntaxNode): Finding[] {
  const declaration = node.declaration;
  if (node.type !== 'ExportNamedDeclaration' || !isNode(declaration) || declaration.type !== 'VariableDeclaration') {
    return [];
  }
  return (declaration.declarations as SyntaxNode[]).flatMap((declarator) => {
    const name = identifierName(declarator.id);
    if (name === undefined || !/^[A-Z][A-Z0-9_]*$/.test(name) || !isNumeric(declarator.init)) return [];
    if (UNIT_IN_NAME.test(name) || UNIT_IN_DOC.test(docAbove(source, node))) return [];
    return [{ path, line: source.lineOf(node.start), message: `${name}: of what? Put the unit into the name.` }];
  });
}

function isNumeric(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (value.type === 'Literal') return typeof value.value === 'number' || typeof value.value === 'bigint';
  if (value.type === 'UnaryExpression') return isNumeric(value.argument);
  if (value.type === 'BinaryExpression') return isNumeric(value.left) || isNumeric(value.right);
  if (value.type === 'TSAsExpression' || value.type === 'TSSatisfiesExpression') return isNumeric(value.expression);
  return false;
}

function docAbove(source: Source, node: SyntaxNode): string {
  const line = source.lineOf(node.start);
  const above = source.comments.filter((comment) => source.lineOf(comment.end) === line - 1).at(-1);
  return above?.value ?? '';
}
