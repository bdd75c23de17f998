import { defineConfig } from 'vitest/config';

/**
 * End-to-end tests run what is published: no `keymesh:source` condition here, so packages resolve to their `dist`, which
 * the global setup builds. Files run one after another: each has a network of several processes.
 */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['harness/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    fileParallelism: false,
    // The compiled packages and their native modules load as Node loads them.
    server: { deps: { external: [/\/packages\/[^/]+\/dist\//] } },
  },
});
