import { parseSync } from 'oxc-parser';

/** A node of the ESTree; rules look at the few fields they know. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

export interface Comment {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A parsed source file. */
export interface Source {
  readonly program: SyntaxNode;
  readonly comments: readonly Comment[];
  /** The line (from 1) of an offset. */
  lineOf(offset: number): number;
}

/** Parses TypeScript or JavaScript. A syntax error is the compiler's to report: the rules then see what was understood. */
export function parse(path: string, text: string): Source {
  const result = parseSync(path, text);
  return {
    program: result.program as unknown as SyntaxNode,
    comments: result.comments,
    lineOf: (offset) => text.slice(0, offset).split('\n').length,
  };
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Every node below and including `node`, parents first. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* walk(child);
    }
  }
}

/** The name of an identifier node, otherwise undefined. */
export const identifierName = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Identifier' ? (value.name as string) : undefined;

/** The value of a string literal node, otherwise undefined. */
export const stringValue = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
