import type { Rule } from '../tree.ts';

const BANNED = new Set([
  'utils',
  'util',
  'misc',
  'helpers',
  'helper',
  'common',
  'shared',
  'lib',
  'types-with-everything',
]);

/** A file or folder whose name says nothing collects everything: the reference systems have dozens of them. */
export const roomNames: Rule = {
  name: 'room-names',
  check: (tree) =>
    tree.files
      .filter((path) => /^packages\/[^/]+\/src\//.test(path))
      .flatMap((path) => {
        const rooms = path.split('/').slice(3);
        const banned = rooms.map((room) => room.replace(/\..*$/, '')).find((room) => BANNED.has(room));
        return banned === undefined
          ? []
          : [{ path, message: `"${banned}" does not say what is inside; name the idea.` }];
      }),
};
