/**
 * What `npm test` runs, in this order: cheap answers first. A stage that cannot run fails, it is never skipped.
 *
 * - `fast`: also part of `npm run check`.
 * - `tests`: a vitest run whose numbers go into the closing line.
 */
export const STAGES = [
  { name: 'build', command: 'tsc', args: ['-b'], fast: true },
  { name: 'types of tests and tools', command: 'tsc', args: ['-p', 'tsconfig.tests.json'], fast: true },
  { name: 'format and lint', command: 'biome', args: ['check', '--error-on-warnings', '.'], fast: true },
  { name: 'layers', command: 'node', args: ['tools/pipeline/layers.mjs'], fast: true },
  { name: 'generated contracts', command: 'npm', args: ['run', 'check', '-w', 'packages/contracts'], fast: true },
  { name: 'generated kernels', command: 'npm', args: ['run', 'check', '-w', 'packages/threshold'], fast: true },
  { name: 'unused code', command: 'knip', args: ['--no-config-hints'], fast: true },
  { name: 'packages', command: 'node', args: ['tools/pipeline/packages.mjs'], fast: true },
  { name: 'bundle size', command: 'size-limit', args: [], fast: true },
  { name: 'unit tests', command: 'vitest', args: ['run'], fast: true, tests: true },
  {
    name: 'simulation',
    command: 'npm',
    args: ['run', 'simulate', '-w', 'simulation', '--', '--seeds', '200'],
  },
  { name: 'end to end', command: 'vitest', args: ['run', '--config', 'e2e/vitest.config.ts'], tests: true },
];
