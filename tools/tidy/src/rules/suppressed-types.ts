import { parse } from '../syntax.ts';
import { isCode, type Rule } from '../tree.ts';

const MARKER = /^[\s*]*@ts-(ignore|nocheck|expect-error)\b(.*)/s;
const REASON_CHARACTERS_MIN = 10;

/** `ignore` and `nocheck` hide whatever goes wrong later; `expect-error` is allowed with a reason, because it fails when it is no longer needed. */
export const suppressedTypes: Rule = {
  name: 'suppressed-types',
  check: (tree) =>
    tree.files.filter(isCode).flatMap((path) => {
      const source = parse(path, tree.read(path));
      return source.comments.flatMap((comment) => {
        const found = MARKER.exec(comment.value);
        if (found === null) return [];
        const reasoned = found[1] === 'expect-error' && (found[2] ?? '').trim().length >= REASON_CHARACTERS_MIN;
        return reasoned
          ? []
          : [{ path, line: source.lineOf(comment.start), message: `@ts-${found[1]} hides errors; fix the type.` }];
      });
    }),
};
