import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { loadBackends } from './backends.ts';
import { planOf } from './plan.ts';
import { runSeed, type SeedResult } from './run-seed.ts';
import { describePlan, lineOf } from './trace.ts';

const HELP = `npm run simulate -w simulation -- [options]

  --seeds <count>   run seeds 1 … count on all cores (default 200)
  --first <seed>    start at another seed than 1
  --seed <seed>     run one seed
  --trace           with --seed: print every event
  --json            print one JSON object per seed
`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    first: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.seed !== undefined) await one(naturalOf(values.seed, '--seed'));
else await many(naturalOf(values.first, '--first'), naturalOf(values.seeds, '--seeds'));

async function one(seed: number): Promise<void> {
  process.stdout.write(`${describePlan(planOf(seed))}\n`);
  const print = values.trace
    ? (event: Parameters<typeof lineOf>[0]) => void process.stdout.write(`${lineOf(event)}\n`)
    : undefined;
  const result = await runSeed(seed, await loadBackends(), print);
  report(result);
  conclude([result]);
}

async function many(first: number, count: number): Promise<void> {
  const waiting = Array.from({ length: count }, (_, i) => first + i);
  const results: SeedResult[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(availableParallelism(), count) }, () =>
      work(waiting, (result) => {
        results.push(result);
        report(result);
      }),
    ),
  );
  summarize(results, performance.now() - startedAt);
  conclude(results);
}

/** One thread that takes seeds until none is left. */
function work(waiting: number[], done: (result: SeedResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { execArgv: ['--conditions=keymesh:source'] });
    const next = (): void => {
      const seed = waiting.shift();
      if (seed === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(seed);
    };
    worker.on('message', (result: SeedResult) => {
      done(result);
      next();
    });
    worker.on('error', reject);
    next();
  });
}

function report(result: SeedResult): void {
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (result.violations.length > 0) {
    for (const { checker, message } of result.violations) {
      process.stdout.write(`seed ${result.seed} FAILED ${checker}: ${message}\n`);
    }
    process.stdout.write(`  replay: npm run simulate -w simulation -- --seed ${result.seed} --trace\n`);
  }
}

function summarize(results: readonly SeedResult[], tookMs: number): void {
  if (values.json) return;
  const sorted = (of: (result: SeedResult) => number) => results.map(of).sort((a, b) => a - b);
  const at = (list: readonly number[], share: number) =>
    list[Math.min(list.length - 1, Math.floor(share * list.length))] ?? 0;
  const real = sorted((result) => result.tookMs);
  const virtual = sorted((result) => result.virtualMs / 1000);
  const attempts = sorted((result) => result.attempts);
  process.stdout.write(
    [
      `${results.length} seeds in ${(tookMs / 1000).toFixed(1)} s`,
      `  real time per seed:    median ${at(real, 0.5).toFixed(0)} ms, p95 ${at(real, 0.95).toFixed(0)} ms, max ${at(real, 1).toFixed(0)} ms`,
      `  virtual time per seed: median ${at(virtual, 0.5).toFixed(0)} s, p95 ${at(virtual, 0.95).toFixed(0)} s, max ${at(virtual, 1).toFixed(0)} s`,
      `  key generation attempts per seed: median ${at(attempts, 0.5)}, max ${at(attempts, 1)}`,
      '',
    ].join('\n'),
  );
}

function conclude(results: readonly SeedResult[]): void {
  const failed = results.filter(({ violations }) => violations.length > 0).length;
  if (!values.json) process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function naturalOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`${option} needs a positive whole number, not "${text}".\n`);
  process.exit(2);
}
