import { readFileSync, writeFileSync } from 'node:fs';
import { createNetwork } from '@keymesh/cli/local-network';
import type { Printed } from './keymesh.ts';
import { TestNetwork } from './network.ts';
import { until } from './processes.ts';

/** Silence in a round is noticed sooner than in a network for people, whose machines may be busy. Milliseconds. */
const ROUND_TIMEOUT_MS = 8_000;
/** Between two looks into a log that must not miss a moment. Milliseconds. */
const CLOSE_LOOK_INTERVAL_MS = 2;

/** For a test that comes between the steps of key generation: nodes log each round. */
export const CLOSELY_WATCHED = { logLevel: 'debug', keygenRoundTimeoutMs: ROUND_TIMEOUT_MS };

/** A network of four as `keymesh up` prepares it, whose nodes the test configures and starts by hand. */
export class PreparedNetwork extends TestNetwork {
  /** @param configuration of every node, beside what `keymesh up` writes; undefined takes a key away. */
  async prepare(configuration: Readonly<Record<string, unknown>>): Promise<void> {
    const quiet = {
      live: false,
      json: true,
      step: () => () => {},
      note: () => {},
      result: () => {},
      failure: () => {},
    };
    await createNetwork({ directory: this.directory, nodes: 4, chains: {} }, quiet);
    for (const { name } of this.file.nodes) {
      const path = this.path(name, 'node.json');
      const config = JSON.parse(readFileSync(path, 'utf8'));
      writeFileSync(path, JSON.stringify({ ...config, ...configuration }));
    }
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
