import { parse } from '../syntax.ts';
import { isCode, isGenerated, type Rule } from '../tree.ts';

/** Open work belongs to an issue: the marker must carry its number, as in `TODO(#12)`. */
export const openWork: Rule = {
  name: 'open-work',
  check: (tree) =>
    tree.files
      .filter((path) => isCode(path) && !isGenerated(path))
      .flatMap((path) => {
        const source = parse(path, tree.read(path));
        return source.comments
          .filter((comment) => /\b(?:TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/.test(comment.value))
          .map((comment) => ({
            path,
            line: source.lineOf(comment.start),
            message: 'Open work without an issue number; write it as "TODO(#12): …" or do it.',
          }));
      })
      .concat(
        tree.files
          .filter((path) => /\.(?:sol|sh)$/.test(path))
          .flatMap((path) =>
            tree
              .read(path)
              .split('\n')
              .flatMap((text, index) =>
                /\b(?:TODO|FIXME)\b(?!\(#\d+\))/.test(text)
                  ? [{ path, line: index + 1, message: 'Open work without an issue number.' }]
                  : [],
              ),
          ),
      ),
};
