/**
 * From `npm start` to the first verified signature: four node processes, a chain, a real key generation.
 *
 * Cold: an empty bytecode cache, as on a machine that never ran it. Warm: the same again, in a fresh directory.
 * Prints seconds, and what each step of the tour said it took. Run it alone: everything shares the machine's cores.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const WARM_RUNS = 3;
const LIMIT_MS = 180_000;
const root = new URL('..', import.meta.url).pathname;
const cache = mkdtempSync(join(tmpdir(), 'keymesh-bench-cache-'));

async function run(label) {
  const directory = mkdtempSync(join(tmpdir(), 'keymesh-bench-'));
  const started = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--exit', '--dir', directory], {
    cwd: root,
    env: { ...process.env, NODE_COMPILE_CACHE: cache, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const killer = setTimeout(() => child.kill('SIGTERM'), LIMIT_MS);
  let text = '';
  let firstSignatureMs;
  child.stderr.on('data', (chunk) => {
    text += chunk;
    if (firstSignatureMs === undefined && text.includes('says valid')) firstSignatureMs = performance.now() - started;
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearTimeout(killer);
  rmSync(directory, { recursive: true, force: true });
  if (code !== 0 || firstSignatureMs === undefined) throw new Error(`the tour failed (${code}):\n${text}`);
  return { label, seconds: firstSignatureMs / 1_000, steps: text.match(/✓ .*\(\d+\.\d s\)/g) ?? [] };
}

try {
  const runs = [await run('cold')];
  for (let i = 1; i <= WARM_RUNS; i++) runs.push(await run(`warm ${i}`));
  console.log(`npm start to the first verified signature, ${availableParallelism()} cores, 4 nodes\n`);
  for (const { label, seconds } of runs) console.log(`  ${label.padEnd(8)} ${seconds.toFixed(2)} s`);
  console.log(`\nSteps of the last run:\n  ${runs.at(-1).steps.join('\n  ')}`);
} finally {
  rmSync(cache, { recursive: true, force: true });
}
