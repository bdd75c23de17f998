import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalNode, type NetworkFile, networkFilePath, startNodeProcess } from '@keymesh/cli/local-network';
import { afterAll, beforeAll, inject } from 'vitest';
import { type CommandError, type CommandOptions, keymesh, keymeshFailure, type Printed } from './keymesh.ts';
import { endProcesses, killHard, processesOf, until } from './processes.ts';

/** A local network of real processes in a directory of its own. */
export class TestNetwork {
  readonly directory: string;

  constructor(name: string) {
    mkdirSync(inject('runDirectory'), { recursive: true });
    this.directory = mkdtempSync(join(inject('runDirectory'), `${name}-`));
  }

  /** `keymesh up --detach`. */
  up(...more: readonly string[]): Promise<Printed> {
    return this.run('up', '--detach', ...more);
  }

  down(): Promise<Printed> {
    return this.run('down');
  }

  /** Runs a command on this network, which must succeed. */
  run(...args: readonly string[]): Promise<Printed> {
    return this.runWith({}, ...args);
  }

  runWith(options: CommandOptions, ...args: readonly string[]): Promise<Printed> {
    return keymesh([...args, '--dir', this.directory], options);
  }

  /** Runs a command on this network, which must fail. */
  fail(...args: readonly string[]): Promise<{ exitCode: number; error: CommandError; elapsedMs: number }> {
    return this.failWith({}, ...args);
  }

  failWith(
    options: CommandOptions,
    ...args: readonly string[]
  ): Promise<{ exitCode: number; error: CommandError; elapsedMs: number }> {
    return keymeshFailure([...args, '--dir', this.directory], options);
  }

  /** A path in the network's directory. */
  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts);
  }

  get file(): NetworkFile {
    return JSON.parse(readFileSync(networkFilePath(this.directory), 'utf8')) as NetworkFile;
  }

  node(party: number): LocalNode {
    const node = this.file.nodes[party - 1];
    if (node === undefined) throw new Error(`There is no node ${party}.`);
    return node;
  }

  /** Process ids of this network's node `party`, by command line; whoever started them. */
  pidsOf(party: number): readonly number[] {
    return processesOf(this.path(`node-${party}`, 'node.json')).map(({ pid }) => pid);
  }

  chainPids(): readonly number[] {
    return processesOf(this.path('chain-state.json')).map(({ pid }) => pid);
  }

  /** Starts a chain that was killed anew, by the command line that it had; it reads the state that it wrote. */
  async startChainAgain(command: string): Promise<void> {
    const [program = '', ...args] = command.split(' ');
    spawn(program, args, { detached: true, stdio: 'ignore' }).unref();
    const { rpcUrl } = this.file;
    await until('the chain answers', async () => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] });
      const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      return fetch(rpcUrl, request).then(
        (answer) => answer.ok,
        () => false,
      );
    });
  }

  /** kill -9 of node processes. */
  async killNodes(...parties: readonly number[]): Promise<void> {
    await Promise.all(parties.flatMap((party) => this.pidsOf(party)).map(killHard));
  }

  /** Starts node processes, also of nodes that were killed. */
  async start(...parties: readonly number[]): Promise<void> {
    await Promise.all(parties.map((party) => startNodeProcess(this.directory, this.node(party).name)));
  }

  hasLog(party: number): boolean {
    return existsSync(this.path(`node-${party}`, 'node.log'));
  }

  log(party: number): string {
    return readFileSync(this.path(`node-${party}`, 'node.log'), 'utf8');
  }

  /** The log's whole lines, parsed. */
  events(party: number): Printed[] {
    return this.log(party)
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  /** Whether a node answers that it serves. */
  async isReady(party: number): Promise<boolean> {
    try {
      const answer = await fetch(`${this.node(party).url}/v1/ready`, { signal: AbortSignal.timeout(2_000) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  untilReady(parties: readonly number[], timeoutMs = 60_000): Promise<void> {
    return until(
      `nodes ${parties.join(', ')} of ${this.directory} serve`,
      async () => (await Promise.all(parties.map((party) => this.isReady(party)))).every((ready) => ready),
      timeoutMs,
      100,
    );
  }

  /** Ends everything that runs from the directory. Never throws, so that it can follow any failure. */
  end(): void {
    endProcesses(processesOf(this.directory));
  }
}

/** A running network for all tests of a file, ended with them. */
export function useNetwork(name: string, options: { readonly nodes?: number } = {}): TestNetwork {
  const network = new TestNetwork(name);
  beforeAll(async () => {
    await network.up('--nodes', String(options.nodes ?? 4));
  });
  afterAll(() => network.end());
  return network;
}
