/**
 * Signatures through the SDK on local networks of real processes: latency one after another, a burst, a steady rate
 * while the stock is refilled, and how it grows with the number of nodes. The client, the chain and all nodes share
 * this machine's cores. Every signature is verified by the SDK; the first of each scheme by noble as well.
 *
 * Run alone: node signing.bench.mjs [--nodes 4,6,10] [--scheme EcdsaK256Sha256]
 */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allowSigning, connect, createSession, mint, sign } from '@keymesh/sdk';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '4,6,10' },
    scheme: { type: 'string', default: 'EcdsaK256Sha256' },
  },
});
/** The first account of every anvil; public knowledge. */
const ACCOUNT = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const COMMAND = new URL('../packages/cli/bin/keymesh.mjs', import.meta.url).pathname;
/** So many until V8 has compiled what nodes and client do: before that a signature costs twice its time. */
const WARM_UP = 400;
const SEQUENTIAL = 100;
/** More than the target of 100/s: what is done in a second counts the time of the last answer too. */
const BURST = { perSecond: 110, seconds: 3 };
const STEADY = { perSecond: 40, seconds: 30 };
/** The stock is full when the nodes' count did not change for so long. */
const FULL_AFTER_MS = 3_000;
const FILL_TIMEOUT_MS = 120_000;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];

async function keymesh(...args) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`keymesh ${args.join(' ')} failed:\n${text}`);
}

/** Starts requests at a fixed rate whatever the answers do, and waits for all of them. */
async function atRate({ perSecond, seconds }, signOnce) {
  const count = perSecond * seconds;
  const times = [];
  const failures = [];
  const started = performance.now();
  const running = [];
  for (let i = 0; i < count; i++) {
    const due = started + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    const begun = performance.now();
    running.push(
      signOnce().then(
        () => times.push(performance.now() - begun),
        (error) => failures.push(error.message),
      ),
    );
  }
  await Promise.all(running);
  const elapsed = (performance.now() - started) / 1_000;
  return { rate: times.length / elapsed, p50: quantile(times, 0.5), p95: quantile(times, 0.95), failures };
}

/** Preparations in the memory of all nodes; each is counted by every signer that holds its part. */
async function stocked(nodes) {
  const pages = await Promise.all(nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const counts = pages.flatMap((page) => [...page.matchAll(/^keymesh_preparations_stocked_count\{.*\} (\d+)$/gm)]);
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Waits until the stock grows no more: then owners have what is wanted (docs/spec/signing.md §4). @returns what it holds. */
async function untilFull(nodes) {
  const deadline = performance.now() + FILL_TIMEOUT_MS;
  for (let last = -1; performance.now() < deadline; await sleep(FULL_AFTER_MS)) {
    const now = await stocked(nodes);
    if (now > 0 && now === last) return now;
    last = now;
  }
  throw new Error(`the stock is empty or still changes after ${FILL_TIMEOUT_MS} ms`);
}

/** Processor seconds of a process so far: utime + stime of /proc. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function measure(nodes) {
  const dir = mkdtempSync(join(tmpdir(), 'keymesh-bench-'));
  try {
    await keymesh('up', '--detach', '--nodes', String(nodes), '--dir', dir);
    const file = JSON.parse(readFileSync(join(dir, 'network.json'), 'utf8'));
    const network = await connect({ rpcUrl: file.rpcUrl, directory: file.contracts.Directory });
    const walletClient = createWalletClient({ account: ACCOUNT, transport: http(file.rpcUrl) });
    const key = await mint(network, { walletClient });
    const session = await createSession(network, { wallet: ACCOUNT, capabilities: [allowSigning(key.tokenId)] });
    const { scheme } = values;
    const signOnce = () =>
      sign(network, { session, key, scheme, message: createHash('sha256').update(randomBytes(32)).digest() });
    const begun = performance.now();
    const message = createHash('sha256').update('first').digest();
    const first = await sign(network, { session, key, scheme, message });
    const firstMs = performance.now() - begun;
    if (
      scheme === 'EcdsaK256Sha256' &&
      !secp256k1.verify(first.signature, message, first.publicKey, { prehash: false })
    ) {
      throw new Error('noble says that the signature is not valid');
    }
    // Demand sizes the stock, too; then it is given time to fill.
    for (let i = 0; i < WARM_UP; i++) await signOnce();
    // Many at once takes other paths than one after another.
    await atRate(BURST, signOnce);
    await untilFull(file.nodes);
    const sequential = [];
    for (let i = 0; i < SEQUENTIAL; i++) {
      const at = performance.now();
      await signOnce();
      sequential.push(performance.now() - at);
    }
    const stock = await untilFull(file.nodes);
    const burst = await atRate(BURST, signOnce);
    await untilFull(file.nodes);
    const pids = file.nodes.map(({ pid }) => pid);
    const before = pids.map(cpuSeconds);
    const steady = await atRate(STEADY, signOnce);
    const cpu = pids.reduce((sum, pid, i) => sum + cpuSeconds(pid) - before[i], 0);
    return {
      nodes,
      threshold: file.threshold,
      firstMs,
      sequential,
      stock,
      burst,
      steady,
      cpuMs: (1_000 * cpu) / (STEADY.perSecond * STEADY.seconds),
    };
  } finally {
    await keymesh('down', '--dir', dir).catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  }
}

console.log(
  `${values.scheme}, ${availableParallelism()} cores shared by client, chain and nodes, node ${process.version}\n`,
);
for (const nodes of values.nodes.split(',').map(Number)) {
  const { threshold, firstMs, sequential, stock, burst, steady, cpuMs } = await measure(nodes);
  const rates = ({ rate, p50, p95, failures }) =>
    `${rate.toFixed(1)}/s done, p50 ${p50?.toFixed(0)} ms, p95 ${p95?.toFixed(0)} ms, ${failures.length} failed${failures.length > 0 ? ` (${failures[0]})` : ''}`;
  console.log(`${threshold} of ${nodes}`);
  console.log(`  first signature of the network    ${firstMs.toFixed(0)} ms`);
  console.log(
    `  one after another, stock full     p50 ${quantile(sequential, 0.5).toFixed(1)} ms, p95 ${quantile(sequential, 0.95).toFixed(1)} ms`,
  );
  console.log(`  stock before the burst            ${stock} preparations, each counted by every signer`);
  console.log(`  burst of ${BURST.perSecond}/s for ${BURST.seconds} s             ${rates(burst)}`);
  console.log(
    `  steady ${STEADY.perSecond}/s for ${STEADY.seconds} s, refilling   ${rates(steady)}; ${cpuMs.toFixed(1)} ms of processor time of all nodes each`,
  );
}
