import type { Server } from 'node:http';
import type { BlockList } from 'node:net';
import { CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX } from './limits.ts';

export interface ConnectionLimits {
  readonly connectionsMax: number;
  readonly perAddressMax: number;
}

const LIMITS: ConnectionLimits = { connectionsMax: CONNECTIONS_MAX, perAddressMax: CONNECTIONS_PER_ADDRESS_MAX };

/**
 * Ends connections beyond the limits at once. Without the limit of one address, one client could hold all.
 * @param exempt proxies, behind which many clients are.
 */
export function limitConnections(server: Server, exempt: BlockList, limits: ConnectionLimits = LIMITS): void {
  const open = new Map<string, number>();
  server.maxConnections = limits.connectionsMax;
  server.on('connection', (socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || exempt.check(address, socket.remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4')) return;
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const rest = (open.get(address) ?? 1) - 1;
      if (rest === 0) open.delete(address);
      else open.set(address, rest);
    });
    if (count > limits.perAddressMax) socket.destroy();
  });
}
