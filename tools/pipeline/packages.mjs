/** publint on every package: what its manifest promises to those who install it exists and resolves. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, run } from './processes.mjs';

const names = readdirSync(join(ROOT, 'packages')).sort();
for (const name of names) {
  const { code } = await run('publint', ['run', join('packages', name), '--strict', '--pack', 'npm']);
  if (code !== 0) process.exit(1);
}
process.stdout.write(`${names.length} packages\n`);
process.exit(names.length > 0 ? 0 : 1);
