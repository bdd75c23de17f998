import pc from 'picocolors';
import { down } from '../local-network/down.ts';
import { status } from '../local-network/status.ts';
import type { Reporter } from '../output/reporter.ts';

/** Ends the processes of the network and says so. */
export async function stopNetwork(directory: string, report: Reporter): Promise<void> {
  const done = report.step('Stopping the network');
  await down(directory);
  done(`its keys stay in ${directory}`);
}

/** `keymesh down`. */
export async function downCommand(options: { readonly dir: string }, report: Reporter): Promise<void> {
  const { stopped, directory } = await down(options.dir);
  const text =
    stopped.length === 0
      ? 'Nothing was running.'
      : `Stopped ${stopped.join(', ')}. Keys and state stay in ${directory}.`;
  report.result({ stopped, directory }, text);
}

/** `keymesh status`. */
export async function statusCommand(options: { readonly dir: string }, report: Reporter): Promise<void> {
  const state = await status(options.dir);
  const lines = state.nodes.map((node) => {
    const mark = node.ready ? pc.green('serves') : node.running ? pc.yellow('waits') : pc.red('down');
    return `  ${node.name.padEnd(8)} ${mark}  ${node.url}  ${node.reason ?? `party ${node.party}, epoch ${node.epoch}`}`;
  });
  const head = state.serving
    ? pc.green(`serving: ${state.nodesReady} of ${state.nodes.length} nodes, ${state.threshold} needed`)
    : pc.red(`not serving: ${state.nodesReady} of ${state.nodes.length} nodes, ${state.threshold} needed`);
  const chain = state.chain.reachable ? pc.green('answers') : pc.red('down');
  const text = [head, `  chain    ${chain}  ${state.rpcUrl}`, ...lines, ...wallsText(state.nodes)];
  report.result({ ...state }, text.join('\n'));
}

/** What stands around programs: said once where it is the same everywhere, which on one machine it is. */
function wallsText(nodes: readonly { readonly walls: readonly string[] | null }[]): string[] {
  const known = new Set(nodes.flatMap(({ walls }) => (walls === null ? [] : [walls.join(' + ')])));
  return [...known].map((walls) => {
    const weak = walls.includes('bubblewrap') ? '' : pc.yellow('  only for development: install bubblewrap');
    return `  actions  run behind ${walls}${weak}`;
  });
}
