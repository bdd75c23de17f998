import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';

const require = createRequire(import.meta.url);
/** Time after which a chain that does not answer has failed, in milliseconds. */
const START_TIMEOUT_MS = 15_000;

/** A chain of one test file. */
export interface Anvil {
  readonly rpcUrl: string;
  stop(): Promise<void>;
}

/** Starts anvil on a free loopback port, one block per transaction, and waits until it answers. */
export async function startAnvil(): Promise<Anvil> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const child = spawn(anvilBinary(), ['--host', '127.0.0.1', '--port', String(port), '--silent', '--accounts', '30'], {
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  try {
    await untilAnswering(child, rpcUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  return { rpcUrl, stop };
}

/** The platform's binary itself: the package's launcher would be a second process to stop. */
function anvilBinary(): string {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const launcher = require.resolve('@foundry-rs/anvil/package.json');
  const binary = createRequire(launcher).resolve(`@foundry-rs/anvil-${process.platform}-${architecture}/package.json`);
  return path.join(path.dirname(binary), 'bin', 'anvil');
}

/** A loopback port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function untilAnswering(child: ChildProcess, rpcUrl: string): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (child.exitCode === null && Date.now() < deadline) {
    try {
      const response = await fetch(rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      if (response.ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`anvil did not start on ${rpcUrl}`);
}
