import { isCode, isGenerated, type Rule } from '../tree.ts';

const FILE_LINES_MAX = 500;

/** A file is one idea; past this length it is several. Lint has the same rule for what it reads; this one has Solidity too. */
export const fileLength: Rule = {
  name: 'file-length',
  check: (tree) =>
    tree.files
      .filter((path) => (isCode(path) || path.endsWith('.sol')) && !isGenerated(path))
      .flatMap((path) => {
        const lines = tree.read(path).split('\n').length - 1;
        return lines <= FILE_LINES_MAX ? [] : [{ path, message: `${lines} lines; at most ${FILE_LINES_MAX}.` }];
      }),
};
