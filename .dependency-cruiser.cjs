/**
 * Who may import whom. The table is `tools/layers.json`; docs/architecture.md explains it and
 * `tools/tidy/test/planted.test.ts` plants one violation for every rule below.
 *
 * `parser: 'swc'` because TypeScript 7 has no compiler API: without it nothing is read and everything passes.
 * `conditionNames` because the `exports` of a package point at dist: without it imports between packages are not seen.
 */
const { packages, top } = require('./tools/layers.json');

const names = Object.keys(packages);
const literal = (text) => text.replace(/[.@/+-]/g, '\\$&');
const sources = (name) => `^packages/${name}/src/`;

/** `@noble/*` → every package of the scope; `viem/utils` → that entry point only, `viem/.` the main one; `*` → everything. */
function externalPattern(specifier) {
  if (specifier === '*') return 'node_modules/';
  if (specifier.endsWith('*')) return `node_modules/${literal(specifier.slice(0, -1))}`;
  const [first, second, ...rest] = specifier.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  const entry = first.startsWith('@') ? rest.join('/') : [second, ...rest].filter(Boolean).join('/');
  if (entry === '.') return `node_modules/${literal(name)}/_(?:esm|types)/index\\.`;
  return entry === ''
    ? `node_modules/${literal(name)}/`
    : `node_modules/${literal(name)}/_(?:esm|types)/${literal(entry)}/`;
}

/** One rule per package: what is not on its list is forbidden, Node's built-in modules included where it is pure. */
function importsOf(name) {
  const entry = packages[name];
  const allowed = [sources(name), ...entry.mayImport.map(sources), ...entry.external.map(externalPattern)];
  const builtIns = entry.pure ? {} : { dependencyTypesNot: ['core'] };
  const rule = (suffix, from, pathNot, more) => ({
    name: `${name}-imports${suffix}`,
    comment: `tools/layers.json says what packages/${name} may import.`,
    severity: 'error',
    from,
    to: { pathNot, couldNotResolve: false, ...more },
  });
  if (entry.native === undefined) return [rule('', { path: sources(name) }, allowed, builtIns)];
  return [
    rule('', { path: sources(name), pathNot: entry.native.files }, allowed, builtIns),
    rule('-native', { path: entry.native.files }, [...allowed, ...entry.native.external.map(externalPattern)], {
      dependencyTypesNot: ['core'],
    }),
  ];
}

/** Tests may use Node and every external package, but no package that theirs may not import. */
function testsOf(name) {
  const higher = names.filter((other) => other !== name && !packages[name].mayImport.includes(other));
  return {
    name: `${name}-tests`,
    comment: 'A test that imports a higher package makes a cycle that only shows in development.',
    severity: 'error',
    from: { path: `^packages/${name}/(?!src/)` },
    to: { path: [...higher.map((other) => `^packages/${other}/`), ...top.folders.map((folder) => `^${folder}/`)] },
  };
}

/** Files or folders, by how their names begin. */
const ADAPTERS = ['mesh/tls', 'store/sqlite', 'chain/viem', 'conditions/viem', 'programs/viem'].map(
  (path) => `^packages/node/src/${path}`,
);

module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Modules that import each other cannot be read, tested or replaced one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing would escape every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...names.flatMap(importsOf),
    ...names.map(testsOf),
    {
      name: 'no-deep-import',
      comment: 'Import another package by its name: only what its exports map lists is public.',
      severity: 'error',
      from: { path: '^((?:packages/)?[^/]+)/' },
      to: { path: '^packages/', pathNot: '^$1/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'adapters-at-the-root',
      comment: 'Only the composition root names a concrete adapter; everything else names its interface.',
      severity: 'error',
      from: {
        path: sources('node'),
        pathNot: ['^packages/node/src/(?:main\\.ts$|compose[^/]*\\.ts$|composition/)', ...ADAPTERS],
      },
      to: { path: ADAPTERS },
    },
    {
      name: 'sdk-runs-in-browsers',
      comment: 'The client bundle must not reach native code or the node through anything it imports.',
      severity: 'error',
      // Under Node the import map of the SDK leads to this file instead of its portable sibling.
      from: { path: sources('sdk'), pathNot: '^packages/sdk/src/backends/node\\.ts$' },
      to: { path: ['^packages/threshold/src/.*native/', '^packages/node/'], reachable: true },
    },
  ],
  options: {
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      // Without "node": what a browser would resolve.
      conditionNames: ['keymesh:source', 'import', 'types', 'default'],
      extensions: ['.ts', '.d.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
