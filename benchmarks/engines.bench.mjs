/**
 * The engines that could run programs (docs/adr/0010): this project's sandbox, workerd with a process for each program,
 * and isolated-vm. The last two are no dependencies: `npm install --no-save workerd isolated-vm` in a folder of its own.
 *
 * Run alone: node engines.bench.mjs --from <that folder>
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_ACTION_LIMITS, Fetcher, findWalls, runAction, standingWalls, startSandboxes } from '@keymesh/actions';
import { clock, hostWith, innermost, proportionalMiB, timed } from './sandbox-alone.mjs';

const { values } = parseArgs({ options: { from: { type: 'string', default: '.' } } });
const fromFolder = createRequire(join(resolve(values.from), 'package.json'));
const RUNS = 20;
const BOMB =
  'const held = []; for (let i = 0; i < 64; i++) held.push(new Uint8Array(64 * 2 ** 20).fill(1)); held.length';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
async function medianOf(action, runs = RUNS) {
  const times = [];
  for (let i = 0; i < runs; i++) times.push(await timed(action));
  return median(times);
}

async function measureSandbox() {
  const limits = DEFAULT_ACTION_LIMITS;
  const walls = findWalls();
  const fetcher = new Fetcher({ allowedHosts: [] });
  const host = hostWith({});
  const run = (pool, source) =>
    runAction({ source, cid: 'Qm', jsParams: {}, headers: [] }, { host, pool, fetcher, limits, clock });
  const answer = 'Lit.Actions.setResponse({ response: String(1 + 1) })';
  const none = startSandboxes({ walls, limits, size: 0, clock });
  const cold = await medianOf(() => run(none, answer));
  const pool = startSandboxes({ walls, limits, size: 3, clock });
  const warm = [];
  for (let i = 0; i < RUNS; i++) {
    await sleep(300);
    warm.push(await timed(() => run(pool, answer)));
  }
  await sleep(1_000);
  const mib = await pool.with(async (sandbox) => proportionalMiB(innermost(sandbox.pid)));
  const bomb = await run(none, BOMB).then(
    ({ error }) => error?.code ?? 'lived',
    (error) => error.code,
  );
  await pool.close();
  await fetcher.close();
  return {
    engine: `Deno, one process a run (${standingWalls(walls).join(', ')})`,
    cold,
    warm: median(warm),
    mib,
    bomb,
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A program is in the configuration that workerd reads when it starts: no process can wait for one. */
async function measureWorkerd() {
  const dir = mkdtempSync(join(tmpdir(), 'keymesh-workerd-'));
  const { default: workerd } = fromFolder('workerd');
  async function withProgram(body, use) {
    const port = await freePort();
    writeFileSync(join(dir, 'program.js'), `export default { async fetch() { ${body} } }`);
    writeFileSync(
      join(dir, 'config.capnp'),
      `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = (modules = [ (name = "program.js", esModule = embed "program.js") ], compatibilityDate = "2025-01-01")) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);`,
    );
    const child = spawn(workerd, ['serve', join(dir, 'config.capnp')], { stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}/`;
    try {
      for (;;) {
        const answer = await fetch(url).catch(() => undefined);
        if (answer !== undefined || child.exitCode !== null) return await use(answer, url, child);
        await sleep(1);
      }
    } finally {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
  }
  const answer = 'return new Response(String(1 + 1));';
  const cold = await medianOf(() => withProgram(answer, (response) => response.text()));
  const [warm, mib] = await withProgram(answer, async (_response, url, child) => [
    await medianOf(async () => (await fetch(url)).text()),
    proportionalMiB(child.pid),
  ]);
  const bomb = await withProgram(`${BOMB}; return new Response("lived");`, async (response, _url, child) =>
    response === undefined
      ? 'process died'
      : `${response.status}, process at ${Math.round(proportionalMiB(child.pid))} MiB`,
  );
  rmSync(dir, { recursive: true });
  return { engine: 'workerd, one process a program', cold, warm, mib, bomb };
}

async function measureIsolatedVm() {
  const ivm = fromFolder('isolated-vm');
  const make = async () => {
    const isolate = new ivm.Isolate({ memoryLimit: 128 });
    return { isolate, context: await isolate.createContext() };
  };
  const cold = await medianOf(async () => {
    const { isolate, context } = await make();
    await context.eval('String(1 + 1)', { timeout: 1_000 });
    isolate.dispose();
  });
  const waiting = [];
  for (let i = 0; i < RUNS; i++) waiting.push(await make());
  const warm = [];
  for (const { context } of waiting) warm.push(await timed(() => context.eval('String(1 + 1)', { timeout: 1_000 })));
  const before = proportionalMiB(process.pid);
  for (let i = 0; i < 20; i++) waiting.push(await make());
  const mib = (proportionalMiB(process.pid) - before) / 20;
  const { context } = await make();
  const bomb = await context.eval(BOMB, { timeout: 10_000 }).then(String, (error) => error.message);
  return { engine: 'isolated-vm, in the process of the node', cold, warm: median(warm), mib, bomb };
}

for (const measure of [measureSandbox, measureWorkerd, measureIsolatedVm]) {
  const { engine, cold, warm, mib, bomb } = await measure();
  console.log(engine);
  console.log(`  from nothing to the answer  ${cold.toFixed(1)} ms; from a waiting one ${warm.toFixed(1)} ms; p50`);
  console.log(`  memory of a waiting one     ${mib.toFixed(1)} MiB (proportional)`);
  console.log(`  4 GiB of array buffers      ${bomb}`);
}
process.exit(0);
