/**
 * Programs through the SDK on a local network of real processes, and a sandbox alone: how soon the first line runs, what
 * a signature costs more than `sign` does, and many at once. Client, chain and all nodes share this machine's cores.
 *
 * Run alone: node actions.bench.mjs
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ACTION_LIMITS, Fetcher, findWalls, runAction, standingWalls, startSandboxes } from '@keymesh/actions';
import { allowExecution, allowSigning, connect, createSession, executeAction, mint, sign } from '@keymesh/sdk';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { clock, hostWith, innermost, proportionalMiB, timed } from './sandbox-alone.mjs';

/** The first account of every anvil; public knowledge. */
const ACCOUNT = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const COMMAND = new URL('../packages/cli/bin/keymesh.mjs', import.meta.url).pathname;
const PACED = { perSecond: 20, count: 200 };
const SEQUENTIAL = 30;
const WARM_UP = 100;
const PAUSE_MS = 500;
const AT_ONCE = 100;
const FILL_PAUSE_MS = 10_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];
const shown = (values) => `p50 ${quantile(values, 0.5).toFixed(1)} ms, p95 ${quantile(values, 0.95).toFixed(1)} ms`;
/** From asking for a sandbox of the pool to the first line of its program, which asks its host for something. */
async function measureSandbox() {
  const limits = DEFAULT_ACTION_LIMITS;
  const walls = findWalls();
  const pool = startSandboxes({ walls, limits, size: 6, clock });
  const fetcher = new Fetcher({ allowedHosts: [] });
  await sleep(2_000);
  const times = [];
  const running = [];
  for (let i = 0; i < PACED.count; i++) {
    const begun = performance.now();
    const host = hostWith({
      rpcUrl: () => {
        times.push(performance.now() - begun);
        return '';
      },
    });
    const source = 'Lit.Actions.getRpcUrl({ chain: "a" })';
    running.push(runAction({ source, cid: 'Qm', jsParams: {}, headers: [] }, { host, pool, fetcher, limits, clock }));
    await sleep(1_000 / PACED.perSecond);
  }
  await Promise.all(running);
  const cold = [];
  for (let i = 0; i < 10; i++) {
    const empty = startSandboxes({ walls, limits, size: 0, clock });
    cold.push(await timed(() => empty.with((sandbox) => sandbox.ready)));
  }
  await sleep(1_000);
  const waiting = startSandboxes({ walls, limits, size: 1, clock });
  const pss = await waiting.with(async (sandbox) => {
    await sleep(500);
    return proportionalMiB(innermost(sandbox.pid));
  });
  waiting.close();
  await pool.close();
  await fetcher.close();
  console.log(`a sandbox behind ${standingWalls(walls).join(', ')}`);
  console.log(`  from the pool to the first line, ${PACED.perSecond}/s   ${shown(times)}`);
  console.log(`  cold to ready                          ${shown(cold)}`);
  console.log(`  waiting in the pool                    ${pss.toFixed(1)} MiB (proportional)`);
}

async function keymesh(...args) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`keymesh ${args.join(' ')} failed`);
}

async function measureNetwork() {
  const dir = mkdtempSync(join(tmpdir(), 'keymesh-bench-'));
  try {
    await keymesh('up', '--detach', '--dir', dir);
    const file = JSON.parse(readFileSync(join(dir, 'network.json'), 'utf8'));
    const network = await connect({ rpcUrl: file.rpcUrl, directory: file.contracts.Directory });
    const key = await mint(network, {
      walletClient: createWalletClient({ account: ACCOUNT, transport: http(file.rpcUrl) }),
    });
    const capabilities = [allowExecution(), allowSigning(key.tokenId)];
    const session = await createSession(network, { wallet: ACCOUNT, capabilities });
    const run = (code) => executeAction(network, { session, code, jsParams: { publicKey: key.publicKey } });
    const digest = new Uint8Array(32).fill(7);
    const signs = 'Lit.Actions.signEcdsa({ toSign: new Uint8Array(32).fill(7), publicKey, sigName: "a" })';
    const signOnce = () => sign(network, { session, key, scheme: 'EcdsaK256Sha256', message: digest });
    // Until V8 has compiled everything, a signature costs a node twice its time.
    for (let i = 0; i < WARM_UP; i++) {
      await Promise.all([run(signs), signOnce(), signOnce(), signOnce()]);
      await sleep(100);
    }
    await sleep(FILL_PAUSE_MS);
    const [empty, signing, plain] = [[], [], []];
    for (let i = 0; i < SEQUENTIAL; i++) {
      // A pause, so that each finds a full pool, and no sandbox is being started beside it.
      empty.push(await timed(() => run('1')));
      await sleep(PAUSE_MS);
      signing.push(await timed(() => run(signs)));
      await sleep(PAUSE_MS);
      plain.push(await timed(signOnce));
      await sleep(PAUSE_MS);
    }
    await sleep(FILL_PAUSE_MS);
    const failures = [];
    const elapsedMs = await timed(() =>
      Promise.all(
        Array.from({ length: AT_ONCE }, () =>
          run(signs).catch((error) => failures.push(`${error.message} ${error.hint}`)),
        ),
      ),
    );
    console.log('3 of 4 nodes, through the SDK');
    console.log(`  a program that does nothing            ${shown(empty)}`);
    console.log(`  a program that signs once              ${shown(signing)}`);
    console.log(`  sign alone                             ${shown(plain)}`);
    const failed = failures.length === 0 ? '' : ` (${failures[0]})`;
    console.log(
      `  ${AT_ONCE} at once, each signing once         ${(elapsedMs / 1_000).toFixed(1)} s, ${failures.length} failed${failed}`,
    );
  } finally {
    await keymesh('down', '--dir', dir).catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  }
}

console.log(`${availableParallelism()} cores shared by client, chain and nodes, node ${process.version}\n`);
await measureSandbox();
await measureNetwork();
