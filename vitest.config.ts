import { availableParallelism } from 'node:os';
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
    // The default leaves a core to the main process; of two cores that is half, and it has little to do.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
