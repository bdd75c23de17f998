/**
 * Plants every mutant of `test/adversary/mutants` in a copy of this package, one at a time, and runs the tests that
 * must notice it. `npm run mutants -w packages/threshold [-- words in the name, scheme, kind or file]`. Minutes:
 * about five seconds of processor time for each mutant.
 *
 * A mutant is caught if a test FAILS. A file that cannot be loaded, or that does not end, is no proof and is reported.
 * So are tests that fail without any mutant, if `--baseline` is among the words: they would catch everything.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from '../test/adversary/mutants/all.ts';
import { applyMutant, type Mutant } from '../test/adversary/mutants/mutant.ts';

const PACKAGE_DIR = fileURLToPath(new URL('..', import.meta.url));
const ROOT_DIR = path.resolve(PACKAGE_DIR, '../..');
/** Copies that are worked with at once. */
const WORKERS = 2;
/** After this a run is stopped and counts as no proof. Milliseconds. */
const RUN_LIMIT_MS = 300_000;

type Verdict =
  | { readonly kind: 'failed'; readonly test: string }
  | { readonly kind: 'passed' }
  | { readonly kind: 'broken'; readonly reason: string };

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A copy of the repository as far as the tests of this package need it: packages are links, but for this one. */
function makeCopy(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'keymesh-mutants-'));
  const own = path.join(copy, 'packages/threshold');
  mkdirSync(own, { recursive: true });
  for (const name of ['src', 'test', 'package.json']) {
    cpSync(path.join(PACKAGE_DIR, name), path.join(own, name), { recursive: true });
  }
  for (const name of ['package.json', 'vitest.config.ts']) {
    cpSync(path.join(ROOT_DIR, name), path.join(copy, name));
  }
  const modules = path.join(copy, 'node_modules');
  mkdirSync(path.join(modules, '@keymesh'), { recursive: true });
  for (const name of readdirSync(path.join(ROOT_DIR, 'node_modules'))) {
    if (name === '@keymesh' || name === '.vite') continue;
    symlinkSync(path.join(ROOT_DIR, 'node_modules', name), path.join(modules, name));
  }
  symlinkSync(own, path.join(modules, '@keymesh/threshold'));
  symlinkSync(path.join(ROOT_DIR, 'packages/foundation'), path.join(modules, '@keymesh/foundation'));
  return copy;
}

/** One file after the other, until a test fails: the first of a mutant is the cheapest. */
async function runTests(copy: string, { tests, named }: Pick<Mutant, 'tests' | 'named'>): Promise<Verdict> {
  let verdict: Verdict = { kind: 'broken', reason: 'there are no tests' };
  for (const test of tests) {
    verdict = await runFile(copy, test, named);
    if (verdict.kind !== 'passed') break;
  }
  return verdict;
}

function runFile(copy: string, test: string, named: string | undefined): Promise<Verdict> {
  const output = path.join(copy, 'report.json');
  rmSync(output, { force: true });
  const vitest = path.join(ROOT_DIR, 'node_modules/vitest/vitest.mjs');
  const file = `packages/threshold/test/${test}.test.ts`;
  const filter = named === undefined ? [] : ['--testNamePattern', named];
  const options = ['--reporter=json', `--outputFile=${output}`, '--maxWorkers=1', '--bail=1', ...filter];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--root', copy, ...options, file], {
      cwd: copy,
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS);
    child.on('close', () => {
      clearTimeout(timer);
      if (!existsSync(output)) return resolve({ kind: 'broken', reason: 'no report: the run was stopped or crashed' });
      resolve(verdictOf(JSON.parse(readFileSync(output, 'utf8')) as Report));
    });
  });
}

function verdictOf({ testResults, numPassedTests }: Report): Verdict {
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName }) => `${path.basename(name, '.test.ts')} › ${fullName}`),
  );
  if (failed[0] !== undefined) return { kind: 'failed', test: failed[0] };
  const unloaded = testResults.find(({ status }) => status === 'failed');
  if (unloaded !== undefined) return { kind: 'broken', reason: unloaded.message.split('\n')[0] ?? '' };
  return numPassedTests > 0 ? { kind: 'passed' } : { kind: 'broken', reason: 'no test ran' };
}

async function tryMutant(copy: string, mutant: Mutant): Promise<Verdict> {
  const target = path.join(copy, 'packages/threshold/src', mutant.file);
  const original = readFileSync(target, 'utf8');
  writeFileSync(target, applyMutant(mutant, original));
  try {
    return await runTests(copy, mutant);
  } finally {
    writeFileSync(target, original);
  }
}

/** Runs `work` on all items, one on each copy at a time. */
async function share<T>(
  copies: readonly string[],
  items: readonly T[],
  work: (copy: string, item: T) => Promise<void>,
) {
  const queue = [...items];
  const worker = async (copy: string) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(copy, item);
  };
  await Promise.all(copies.map(worker));
}

const BASELINE = '--baseline';
const words = process.argv.slice(2).filter((word) => word !== BASELINE);
const chosen = mutants.filter((mutant) => {
  const text = `${mutant.scheme} ${mutant.kind} ${mutant.name} ${mutant.file}`;
  return mutant.equivalent === undefined && words.every((word) => text.includes(word));
});
const copies = Array.from({ length: WORKERS }, makeCopy);
let problems = 0;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
try {
  if (process.argv.includes(BASELINE)) {
    const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))].sort();
    await share(copies, tests, async (copy, test) => {
      const verdict = await runTests(copy, { tests: [test] });
      if (verdict.kind === 'passed') return;
      problems++;
      say(`NO BASELINE  ${test}: ${verdict.kind === 'failed' ? `fails unchanged: ${verdict.test}` : verdict.reason}`);
    });
  }
  await share(copies, problems > 0 ? [] : chosen, async (copy, mutant) => {
    const verdict = await tryMutant(copy, mutant);
    const name = `${mutant.scheme}: ${mutant.name} (${mutant.kind})`;
    if (verdict.kind !== 'failed') problems++;
    if (verdict.kind === 'failed') say(`caught    ${name}\n            by ${verdict.test}`);
    else say(verdict.kind === 'passed' ? `SURVIVED  ${name}` : `NO PROOF  ${name}: ${verdict.reason}`);
  });
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
say(`${chosen.length} mutants, ${problems} problems.`);
process.exitCode = problems > 0 || chosen.length === 0 ? 1 : 0;
