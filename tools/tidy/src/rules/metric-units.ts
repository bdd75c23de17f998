import { parse, stringValue, walk } from '../syntax.ts';
import { isPackageSource, type Rule } from '../tree.ts';

const UNIT_SUFFIX =
  /_(?:seconds|bytes|total|ratio|count|info|timestamp_seconds|members|connections|blocks|epoch|number|requests)$/;

/** A graph without a unit is read wrongly at three in the morning. Names are recognised by their prefix. */
export const metricUnits: Rule = {
  name: 'metric-units',
  check: (tree) =>
    tree.files
      .filter((path) => isPackageSource(path) && path.startsWith('packages/node/'))
      .flatMap((path) => {
        const source = parse(path, tree.read(path));
        return [...walk(source.program)].flatMap((node) => {
          const name = stringValue(node);
          if (name === undefined || !/^keymesh_[a-z0-9_]+$/.test(name) || name.endsWith('_')) return [];
          return UNIT_SUFFIX.test(name)
            ? []
            : [{ path, line: source.lineOf(node.start), message: `Metric ${name} has no unit at its end.` }];
        });
      }),
};
