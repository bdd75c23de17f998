import { Gate, SecretBytes } from '@keymesh/foundation';
import type { Network, Session } from '../../src/index.ts';
import { SIGNINGS_AT_ONCE_MAX } from '../../src/limits.ts';
import { NodeHealth } from '../../src/network/network.ts';
import type { Testnet } from './testnet.ts';
import { succeed } from './virtual-time.ts';

export interface Connection {
  readonly network: Network;
  readonly session: Session;
}

const connections = new WeakMap<Testnet, Connection>();

/**
 * A connection and a session as new, without making them again: connecting is tested elsewhere. Nodes are honest, and
 * nothing is remembered of them.
 */
export async function freshConnection(testnet: Testnet): Promise<Connection> {
  testnet.reset();
  let made = connections.get(testnet);
  if (made === undefined) {
    const { value: network } = await succeed(() => testnet.connect());
    made = { network, session: (await succeed(() => testnet.session(network))).value };
    connections.set(testnet, made);
    testnet.reset();
  }
  const { key } = made.session;
  const secretKey = key.secretKey.expose((bytes) => new SecretBytes(bytes.slice()));
  return {
    network: { ...made.network, health: new NodeHealth(), signings: new Gate(SIGNINGS_AT_ONCE_MAX) },
    session: { ...made.session, key: { ...key, secretKey } },
  };
}
