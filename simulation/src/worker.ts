import { parentPort } from 'node:worker_threads';
import { loadBackends } from './backends.ts';
import { runSeed } from './run-seed.ts';

/** Runs the seeds that it is sent, one at a time. */
const port = parentPort;
if (port !== null) {
  const backends = loadBackends();
  port.on('message', async (seed: number) => {
    port.postMessage(await runSeed(seed, await backends));
  });
}
