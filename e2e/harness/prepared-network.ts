import { readFileSync, writeFileSync } from 'node:fs';
import { createNetwork, startNodeProcess } from '@keymesh/cli/local-network';
import type { Printed } from './keymesh.ts';
import { TestNetwork } from './network.ts';
import { until } from './processes.ts';

/** Silence in a round is noticed sooner than in a network for people, whose machines may be busy. Milliseconds. */
const ROUND_TIMEOUT_MS = 4_000;
/** Between two looks into a log that must not miss a moment. Milliseconds. */
const CLOSE_LOOK_INTERVAL_MS = 2;

/**
 * A network as `keymesh up` prepares it, whose nodes the test starts by hand: so that it can come between the steps of
 * key generation. Nodes log each round.
 */
export class PreparedNetwork extends TestNetwork {
  async prepare(nodes = 4): Promise<void> {
    const quiet = { json: true, step: () => () => {}, note: () => {}, result: () => {}, failure: () => {} };
    await createNetwork({ directory: this.directory, nodes, chains: {} }, quiet);
    for (const { name } of this.file.nodes) {
      const path = this.path(name, 'node.json');
      const config = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...config, logLevel: 'debug', keygenRoundTimeoutMs: ROUND_TIMEOUT_MS }));
    }
  }

  /** Starts node processes. */
  async start(...parties: readonly number[]): Promise<void> {
    await Promise.all(parties.map((party) => startNodeProcess(this.directory, this.node(party).name)));
  }

  /** Waits until a node's log has an event that fits, looking closely. */
  untilLogged(party: number, fits: (event: Printed) => boolean, timeoutMs = 30_000): Promise<void> {
    return until(
      `node ${party} of ${this.directory} logs an event`,
      () => this.hasLog(party) && this.events(party).some(fits),
      timeoutMs,
      CLOSE_LOOK_INTERVAL_MS,
    );
  }
}
