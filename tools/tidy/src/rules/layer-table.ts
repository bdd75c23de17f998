import type { Finding, Rule, Tree } from '../tree.ts';

interface LayerTable {
  readonly packages: Readonly<Record<string, LayerEntry>>;
}

interface LayerEntry {
  readonly layer: number;
  readonly mayImport: readonly string[];
  readonly external: readonly string[];
  readonly pure: boolean;
  readonly native?: { readonly external: readonly string[] };
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Project {
  readonly compilerOptions?: { readonly types?: readonly string[]; readonly lib?: readonly string[] };
  readonly references?: readonly { readonly path: string }[];
}

const SCOPE = '@keymesh/';

/** package.json, tsconfig.json and tools/layers.json tell one story about who may import whom. */
export const layerTable: Rule = {
  name: 'layer-table',
  check(tree) {
    const { packages } = json<LayerTable>(tree, 'tools/layers.json');
    const present = tree.files.flatMap((path) => /^packages\/([^/]+)\/package\.json$/.exec(path)?.[1] ?? []);
    return [
      ...compare('tools/layers.json', 'packages/ and the layer table', Object.keys(packages), present),
      ...rootReferences(tree, present),
      ...Object.entries(packages).flatMap(([name, entry]) => upwardEntries(packages, name, entry)),
      ...present.flatMap((name) => {
        const entry = packages[name];
        return entry === undefined ? [] : checkPackage(tree, packages, name, entry);
      }),
    ];
  },
};

function checkPackage(tree: Tree, packages: LayerTable['packages'], name: string, entry: LayerEntry): Finding[] {
  const path = `packages/${name}/package.json`;
  const manifest = json<Manifest>(tree, path);
  const project = json<Project>(tree, `packages/${name}/tsconfig.json`);
  const runtime = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
  const workspace = Object.keys(runtime).filter((other) => other.startsWith(SCOPE));
  const siblings = workspace.map((other) => other.slice(SCOPE.length));
  const references = (project.references ?? []).map((reference) => reference.path.replace(/^\.\.\//, ''));
  const external = Object.keys(runtime).filter((other) => !other.startsWith(SCOPE));
  return [
    ...compare(path, 'dependencies and tsconfig.json references', siblings, references),
    ...siblings
      .filter((other) => !entry.mayImport.includes(other))
      .map((other) => ({ path, message: `tools/layers.json does not let ${name} import ${other}.` })),
    ...external
      .filter(
        (other) => ![...entry.external, ...(entry.native?.external ?? [])].some((allowed) => covers(allowed, other)),
      )
      .map((other) => ({ path, message: `tools/layers.json does not let ${name} depend on ${other}.` })),
    ...siblings
      .filter((other) => packages[other] !== undefined)
      .filter((other) => runtime[SCOPE + other] !== json<Manifest>(tree, `packages/${other}/package.json`).version)
      .map((other) => ({ path, message: `The version of ${SCOPE}${other} is not the one in this checkout.` })),
    ...ambientTypes(name, entry, project),
  ];
}

/** A pure package compiles without Node's types: a socket or a clock is then a type error. */
function ambientTypes(name: string, entry: LayerEntry, project: Project): Finding[] {
  const path = `packages/${name}/tsconfig.json`;
  const { types = [], lib = [] } = project.compilerOptions ?? {};
  const findings: Finding[] = [];
  if (entry.pure && types.length > 0) findings.push({ path, message: `${name} is pure: "types" must stay empty.` });
  if (entry.layer <= 1 && lib.some((one) => one.toUpperCase().startsWith('DOM'))) {
    findings.push({ path, message: `${name} is in layer ${entry.layer}: no DOM types.` });
  }
  return findings;
}

function upwardEntries(packages: LayerTable['packages'], name: string, entry: LayerEntry): Finding[] {
  return entry.mayImport
    .filter((other) => (packages[other]?.layer ?? Number.POSITIVE_INFINITY) > entry.layer || other === name)
    .map((other) => ({ path: 'tools/layers.json', message: `${name} → ${other} does not go down.` }));
}

function rootReferences(tree: Tree, present: readonly string[]): Finding[] {
  const listed = (json<Project>(tree, 'tsconfig.json').references ?? [])
    .map((reference) => reference.path)
    .filter((path) => path.startsWith('packages/'))
    .map((path) => path.slice('packages/'.length));
  return compare('tsconfig.json', 'the references of the root', listed, present);
}

/** `@noble/*` covers the scope; `viem/utils` is an entry point of viem; `*` covers everything. */
function covers(allowed: string, dependency: string): boolean {
  if (allowed.endsWith('*')) return dependency.startsWith(allowed.slice(0, -1));
  return allowed === dependency || allowed.startsWith(`${dependency}/`);
}

function compare(path: string, what: string, left: readonly string[], right: readonly string[]): Finding[] {
  const differing = [...left.filter((one) => !right.includes(one)), ...right.filter((one) => !left.includes(one))];
  return differing.map((one) => ({ path, message: `${what} disagree about ${one}.` }));
}

const json = <T>(tree: Tree, path: string): T => JSON.parse(tree.read(path)) as T;
