import { defineConfig } from 'vitest/config';

/** Tests run the sources: workspace packages resolve through their `keymesh:source` export. */
export default defineConfig({
  resolve: { conditions: ['keymesh:source'] },
  ssr: { resolve: { conditions: ['keymesh:source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/*/test/**/*.test.ts', 'simulation/test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Tests compute far more than they wait; the default leaves a core of two idle.
    maxWorkers: 2,
  },
});
