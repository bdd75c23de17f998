/** Compiles the kernels and fails if a generated file differs. `npm run check -w packages/threshold`; CI runs it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PACKAGE_DIR, renderKernels } from './kernels.ts';

const expected = await renderKernels();
const stale = [...expected].filter(([file, text]) => {
  const target = path.join(PACKAGE_DIR, file);
  return !existsSync(target) || readFileSync(target, 'utf8') !== text;
});
const orphans = globSync('src/generated/**/*.ts', { cwd: PACKAGE_DIR }).filter((file) => !expected.has(file));
for (const [file] of stale) console.error(`stale: packages/threshold/${file}`);
for (const file of orphans) console.error(`nothing generates: packages/threshold/${file}`);
if (stale.length > 0 || orphans.length > 0) {
  console.error('Run `npm run generate -w packages/threshold` and commit the result.');
  process.exitCode = 1;
} else {
  console.log(`${expected.size} generated files match the assembly sources.`);
}
