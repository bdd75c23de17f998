import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import {
  allowExecution,
  allowSigning,
  connect,
  createSession,
  executeAction,
  type MintedKey,
  mint,
  type Network,
  type Session,
  sign,
} from '@keymesh/sdk';
import { createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PreparedNetwork } from '../harness/prepared-network.ts';
import { DEVELOPER } from '../verifiers/chain.ts';

const RUNS = 1_000;
const RUNS_AT_ONCE = 4;
/** A run may leave what the next one uses: connections that are kept, a sandbox that starts. */
const DESCRIPTORS_SPARE = 32;
const SIGNATURES = 200;

const network = new PreparedNetwork('endurance');
let sdk: Network;
let session: Session;
let key: MintedKey;

beforeAll(async () => {
  await network.prepare({ actions: { walls: 'optional', sandboxes: 2, limits: { runTimeMsMax: 5_000 } } });
  await network.start(1, 2, 3, 4);
  await network.untilReady([1, 2, 3, 4]);
  sdk = await connect({ rpcUrl: network.file.rpcUrl, directory: network.file.contracts.Directory });
  const account = privateKeyToAccount(DEVELOPER);
  key = await mint(sdk, { walletClient: createWalletClient({ account, transport: http(network.file.rpcUrl) }) });
  session = await createSession(sdk, { wallet: account, capabilities: [allowExecution(), allowSigning('*')] });
});
afterAll(() => network.end());

const descriptorsOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const childrenOf = (pid: number): number =>
  execFileSync('ps', ['--no-headers', '--ppid', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n').length;
const nodePids = (): number[] => [1, 2, 3, 4].flatMap((party) => network.pidsOf(party).slice(0, 1));

const PROGRAMS = [
  'Lit.Actions.setResponse({ response: "fine" })',
  'console.log(ethers.utils.id("x"))',
  'throw new Error("on purpose")',
  '(async () => { await fetch("http://10.0.0.1/") })()',
  '(async () => { await Lit.Actions.broadcastAndCollect({ name: "n", value: "v" }) })()',
];
const runOne = (code: string): Promise<unknown> =>
  executeAction(sdk, { session, code }).catch((error: { code: string }) => {
    if (error.code !== 'sdk/action-failed') throw error;
  });

test(`${RUNS} runs leave neither processes nor descriptors`, async () => {
  for (const code of PROGRAMS) await runOne(code);
  const before = nodePids().map((pid) => [childrenOf(pid), descriptorsOf(pid)] as const);
  for (let run = 0; run < RUNS; run += RUNS_AT_ONCE) {
    await Promise.all(
      Array.from({ length: RUNS_AT_ONCE }, (_, i) => runOne(PROGRAMS[(run + i) % PROGRAMS.length] as string)),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  for (const [i, pid] of nodePids().entries()) {
    const [children = 0, descriptors = 0] = before[i] ?? [];
    expect(childrenOf(pid)).toBeLessThanOrEqual(children + 2);
    expect(descriptorsOf(pid)).toBeLessThan(descriptors + DESCRIPTORS_SPARE);
  }
});

test.each([
  ['an endless loop', 'for (;;) {}'],
  ['a heap bomb', 'const a = []; for (;;) a.push(new Array(1e4).fill(0.5))'],
  ['a flood of calls', '(async () => { for (;;) await Lit.Actions.getRpcUrl({ chain: "x" }).catch(() => {}) })()'],
])('signing goes on beside %s', async (_name, hostile) => {
  const message = new Uint8Array(32).fill(9);
  const signAll = async (): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < SIGNATURES; i++) {
      const begun = performance.now();
      await sign(sdk, { session, key, scheme: 'EcdsaK256Sha256', message });
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b)[Math.floor(0.99 * times.length)] as number;
  };
  const alone = await signAll();
  let isOver = false;
  const floods = (async () => {
    while (!isOver) await runOne(hostile);
  })();
  const beside = await signAll();
  isOver = true;
  await floods;
  // What ratio is reached, is for a quiet machine to say; that every signature is made, holds on all.
  process.stdout.write(
    `p99 of sign ${alone.toFixed(0)} ms alone, ${beside.toFixed(0)} ms beside: ${(beside / alone).toFixed(1)}x\n`,
  );
});
