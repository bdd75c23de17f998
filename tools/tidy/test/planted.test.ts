import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RULES } from '../src/rules.ts';
import { openTree } from '../src/tree.ts';
import { PLANTED_IMPORTS, PLANTED_LINT, PLANTED_TIDY, PLANTED_TYPES } from './planted-rules.ts';
import { INNOCENT, PlantedTree, REPOSITORY } from './planted-tree.ts';

/**
 * A green check proves nothing until it has been seen red: each tool here has ways of reading nothing and passing.
 * So every rule gets a violation in a temporary copy and must name the file, and must be silent without it.
 */
let tree: PlantedTree;
beforeAll(() => {
  tree = new PlantedTree(INNOCENT);
});
afterAll(() => tree.destroy());

const require = createRequire(import.meta.url);
const settings = (path: string): boolean => !path.startsWith('docs/') && (path.endsWith('.json') || path in INNOCENT);

describe('tidy', () => {
  it('has a planting for every rule and no other', () => {
    expect(Object.keys(PLANTED_TIDY).sort()).toEqual(RULES.map((rule) => rule.name).sort());
  });

  it.each(RULES)('$name is silent on innocent sources', (rule) => {
    const expected = rule.name === 'layer-table' ? findingsOf(rule.name, REPOSITORY) : [];
    expect(findingsOf(rule.name, tree.root)).toEqual(expected);
  });

  it.each(
    Object.entries(PLANTED_TIDY).flatMap(([rule, plantings]) => plantings.map((planting) => ({ rule, ...planting }))),
  )('$rule names $named', ({ rule, plant, named }) => {
    const before = findingsOf(rule, tree.root);
    tree.write(plant);
    try {
      const found = findingsOf(rule, tree.root).filter((finding) => !before.includes(finding));
      expect(found.map((finding) => finding.split(': ')[0])).toContain(named);
    } finally {
      for (const path of Object.keys(plant)) {
        if (settings(path) && !path.startsWith('packages/extra/')) tree.restore(path);
        else tree.remove([path]);
      }
    }
  });
});

function findingsOf(name: string, root: string): string[] {
  const rule = RULES.find((one) => one.name === name);
  return rule === undefined
    ? [`no rule ${name}`]
    : rule.check(openTree(root)).map(({ path, message }) => `${path}: ${message}`);
}

describe('dependency-cruiser', () => {
  const configuration = require(join(REPOSITORY, '.dependency-cruiser.cjs')) as { forbidden: { name: string }[] };

  it('has a planting for every rule and no other', () => {
    const planted = new Set(PLANTED_IMPORTS.flatMap((planting) => planting.rules));
    expect([...planted].sort()).toEqual(configuration.forbidden.map((rule) => rule.name).sort());
  });

  it('is silent on innocent sources', () => {
    expect(violations()).toEqual([]);
  });

  it('names every planted import', () => {
    tree.write(Object.fromEntries(PLANTED_IMPORTS.map(({ path, text }) => [path, text])));
    const found = violations();
    tree.remove(PLANTED_IMPORTS.map(({ path }) => path));
    const expected = PLANTED_IMPORTS.flatMap(({ path, rules }) => rules.map((rule) => `${rule} ${path}`));
    expect(expected.filter((one) => !found.includes(one))).toEqual([]);
  });

  it('sees native code that the client would reach through another package', () => {
    tree.write({ 'packages/threshold/src/index.ts': "export * from './bls/native/blst.ts';\n" });
    const found = violations();
    tree.write({ 'packages/threshold/src/index.ts': INNOCENT['packages/threshold/src/index.ts'] as string });
    expect(found).toContain('sdk-runs-in-browsers packages/sdk/src/index.ts');
  });

  it('fails when sources are not read, although dependency-cruiser itself then succeeds', () => {
    const path = '.dependency-cruiser.cjs';
    const { status: healthy } = tree.run('node', ['tools/pipeline/layers.mjs']);
    const config = openTree(tree.root).read(path);
    tree.write({ [path]: config.replace('/dist/', '/') });
    const { status: alone } = tree.run('depcruise', ['--config', path, 'packages']);
    const { status, output } = tree.run('node', ['tools/pipeline/layers.mjs']);
    tree.restore(path);
    expect({ healthy, alone, status }).toEqual({ healthy: 0, alone: 0, status: 1 });
    expect(output).toContain('not read by dependency-cruiser: packages/foundation/src/index.ts');
  });

  function violations(): string[] {
    const { output } = tree.run('depcruise', [
      '--config',
      '.dependency-cruiser.cjs',
      '-T',
      'json',
      'packages',
      'simulation',
    ]);
    const { summary } = JSON.parse(output) as { summary: { violations: { rule: { name: string }; from: string }[] } };
    return summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  }
});

describe('biome', () => {
  it('is silent on innocent sources', () => {
    expect(diagnostics()).toEqual([]);
  });

  it('names every planted violation', () => {
    tree.write(Object.fromEntries(PLANTED_LINT.map(({ path, text }) => [path, text])));
    const found = diagnostics();
    tree.remove(PLANTED_LINT.map(({ path }) => path));
    const expected = PLANTED_LINT.map(({ path, rule }) => `${rule} ${path}`);
    expect(expected.filter((one) => !found.includes(one))).toEqual([]);
  });

  function diagnostics(): string[] {
    const { output } = tree.run('biome', ['lint', '--reporter=github', '--max-diagnostics=none', 'packages']);
    return [...output.matchAll(/^::(?:error|warning) title=([^,]+),file=([^,]+),/gm)].map(
      ([, rule, file]) => `${rule} ${relative(tree.root, file as string)}`,
    );
  }
});

describe('the compiler', () => {
  const projects = ['foundation', 'contracts', 'threshold', 'protocol', 'sdk'].map((name) => `packages/${name}`);

  it('accepts innocent sources of the packages without IO', () => {
    tree.remove(['packages/threshold/src/bls/native/blst.ts']);
    expect(tree.run('tsc', ['-b', '--pretty', 'false', ...projects])).toEqual({ status: 0, output: '' });
  });

  it.each(['packages/foundation', 'packages/contracts', 'packages/threshold', 'packages/protocol', 'packages/sdk'])(
    'refuses what the platform of %s does not have',
    (project) => {
      const plantings = PLANTED_TYPES.filter(({ path }) => path.startsWith(`${project}/`));
      tree.write(Object.fromEntries(plantings.map(({ path, text }) => [path, text])));
      const { output } = tree.run('tsc', ['-p', project, '--pretty', 'false']);
      tree.remove(plantings.map(({ path }) => path));
      expect(plantings.length).toBeGreaterThan(0);
      expect(plantings.filter(({ path }) => !output.includes(`${path}(`)).map(({ path }) => path)).toEqual([]);
    },
  );
});
