/**
 * dependency-cruiser, and proof that it read the sources: every TypeScript file must be among the modules it cruised.
 * On its own it ends with success when it understands nothing at all.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, run } from './processes.mjs';

const FOLDERS = ['packages', 'e2e', 'simulation', 'benchmarks', 'examples'].filter((name) =>
  existsSync(join(ROOT, name)),
);

const { output } = await run('depcruise', ['--config', '.dependency-cruiser.cjs', '-T', 'json', ...FOLDERS], {
  capture: true,
});
if (output === '') process.exit(1);
const { modules, summary } = JSON.parse(output);

for (const { rule, from, to, cycle } of summary.violations) {
  const path = cycle === undefined ? to : cycle.map((step) => step.name ?? step).join(' → ');
  process.stdout.write(`${rule.name}: ${from} → ${path}\n`);
}

const cruised = new Set(modules.map((module) => module.source));
const listing = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...FOLDERS];
const sources = execFileSync('git', listing, { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(?:ts|tsx|mjs|cjs|js)$/.test(path) && !path.endsWith('.d.ts') && existsSync(join(ROOT, path)));
const unread = sources.filter((path) => !cruised.has(path));
for (const path of unread) process.stdout.write(`not read by dependency-cruiser: ${path}\n`);

process.stdout.write(`${summary.totalCruised} modules, ${sources.length} source files, ${summary.error} violations\n`);
process.exit(summary.error > 0 || unread.length > 0 || sources.length === 0 ? 1 : 0);
