import { symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { keymesh, keymeshFailure, startKeymesh } from '../harness/keymesh.ts';
import { TestNetwork } from '../harness/network.ts';
import { processesOf, until } from '../harness/processes.ts';

let network: TestNetwork;
afterEach(() => network.end());

/** Starts `keymesh <command>` and waits until it has said something. */
async function startUntilSaid(words: string, ...args: readonly string[]) {
  network = new TestNetwork('interrupted');
  const child = startKeymesh([...args, '--dir', network.directory]);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await until(`keymesh ${args.join(' ')} says "${words}"`, () => said.includes(words), 60_000, 5);
  return { child, ended, said: () => said };
}

const left = (): readonly string[] =>
  processesOf(network.directory)
    .map(({ command }) => command)
    .filter((command) => !command.includes('keymesh.mjs'));

describe('Ctrl-C', () => {
  test.each([
    ['while the tour starts its chain', 'Starting a local EVM chain', 'demo'],
    ['while keys are generated', 'Starting 4 node processes', 'up'],
  ])('%s ends everything, and the next `up` succeeds', async (_when, words, command) => {
    const { child, ended } = await startUntilSaid(words, command);
    child.kill('SIGINT');
    expect(await ended).not.toBe(0);
    expect(left()).toEqual([]);
    await network.up();
    expect((await network.run('status')).serving).toBe(true);
  });

  test('of a network that runs in the foreground ends it in peace', async () => {
    const { child, ended, said } = await startUntilSaid('runs until Ctrl-C', 'up');
    expect((await network.run('status')).serving).toBe(true);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(said()).toContain('Stopping the network');
    expect(left()).toEqual([]);
  });
});

test('a directory behind a link is the same network', async () => {
  network = new TestNetwork('linked');
  const link = `${network.directory}-link`;
  symlinkSync(network.directory, link);
  await keymesh(['up', '--detach', '--dir', link]);
  expect(await keymesh(['status', '--dir', link])).toMatchObject({ serving: true, chain: { running: true } });
  expect((await keymeshFailure(['up', '--detach', '--dir', link])).error.code).toBe('cli/already-running');
  expect((await keymesh(['down', '--dir', link])).stopped).toHaveLength(5);
  expect(left()).toEqual([]);
});

describe('kill -9 of `keymesh up` itself', () => {
  test.each([
    ['as soon as a chain runs', () => network.chainPids().length > 0],
    ['as soon as a node runs', () => network.pidsOf(1).length > 0],
  ])('%s: `down` ends what it started, and the next `up` succeeds', async (_when, reached) => {
    network = new TestNetwork('killed-up');
    const child = startKeymesh(['up', '--detach', '--dir', network.directory]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await until('it has come so far', reached, 60_000, 1);
    child.kill('SIGKILL');
    await ended;
    // A chain or node whose start was under way may appear a moment later.
    await sleep(300);
    await network.down();
    expect(left()).toEqual([]);
    await network.up();
    expect((await network.run('status')).serving).toBe(true);
  });
});
