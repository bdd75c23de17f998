import { defineConfig } from 'vitest/config';
import base from '../vitest.config.ts';

/** What takes minutes: `npm run endurance -w e2e`. Not part of `npm test`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['endurance/**/*.test.ts'], testTimeout: 1_200_000 },
});
