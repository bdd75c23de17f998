import pc from 'picocolors';
import { isNetworkRunning } from '../local-network/down.ts';
import { type NetworkFile, readNetworkFile, realDirectory } from '../local-network/network-file.ts';
import { up } from '../local-network/up.ts';
import type { Reporter } from '../output/reporter.ts';
import { interruption, untilInterrupted } from './interruption.ts';
import { stopNetwork } from './network.ts';
import { tour } from './tour.ts';
import { endpointsOf } from './up.ts';

export interface DemoOptions {
  readonly dir: string;
  readonly nodes: string;
  readonly exit?: boolean;
}

/**
 * `keymesh demo`, which `npm start` runs: starts (or joins) the local network, shows on it everything that works, and
 * leaves it running until Ctrl-C.
 */
export async function demoCommand(options: DemoOptions, report: Reporter): Promise<void> {
  const started = performance.now();
  report.note(`${pc.bold('Keymesh')}: keys that no single machine ever holds.\n`);
  const running = runningNetwork(options.dir);
  const signal = interruption();
  const nodes = Number(options.nodes);
  const file = running ?? (await up({ directory: options.dir, nodes, chains: {}, signal }, report));
  if (running !== undefined) report.note(`Using the network that runs from ${options.dir}.`);
  try {
    const shown = await tour(file, report);
    const seconds = (performance.now() - started) / 1_000;
    const value = { ...shown, ...endpointsOf(file), seconds: Number(seconds.toFixed(2)) };
    report.result(value, '');
    report.note(pc.dim(`The tour took ${seconds.toFixed(1)} s.`));
  } catch (thrown) {
    if (running === undefined) await stopNetwork(options.dir, report);
    throw thrown;
  }
  if (running !== undefined) return;
  if (options.exit !== true) {
    report.note(whatNext(file));
    await untilInterrupted(signal);
  }
  await stopNetwork(options.dir, report);
}

function runningNetwork(directory: string): NetworkFile | undefined {
  const real = realDirectory(directory);
  const file = readNetworkFile(real);
  return file !== undefined && isNetworkRunning(real, file) ? file : undefined;
}

function whatNext(file: NetworkFile): string {
  const command = (text: string, what: string): string => `  ${text.padEnd(38)} ${pc.dim(what)}`;
  return [
    `\n${pc.bold('The network is running.')} In another terminal, try`,
    command('npx keymesh status', 'what serves'),
    command(`kill ${file.nodes[1]?.pid ?? ''}`, 'end a node: everything still works'),
    command('npx keymesh key mint', 'another key'),
    command('npx keymesh sign --help', 'sign with it'),
    `\n${pc.dim('Ctrl-C ends the network; its keys stay in the directory.')}`,
  ].join('\n');
}
