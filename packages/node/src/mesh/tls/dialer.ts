import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { type Clock, equalBytes, type RandomSource, type Timer } from '@keymesh/foundation';
import { backoffMs } from '../backoff.ts';
import type { DisconnectReason } from './counters.ts';
import type { MeshLimits } from './limits.ts';
import type { MeshMember } from './members.ts';
import { identityOf, MESH_ALPN } from './verify.ts';

export interface DialerModules {
  readonly secureContext: SecureContext;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The peer's identity is the expected one; nothing was read from the socket yet. */
  readonly onVerified: (socket: TLSSocket, identity: Uint8Array) => void;
  readonly onFailed: (reason: DisconnectReason) => void;
}

/** Keeps trying to reach one peer until a verified connection stands, and again after it is lost. */
export class Dialer {
  #member: MeshMember;
  readonly #limits: MeshLimits;
  readonly #modules: DialerModules;
  #attempt = 0;
  #timer: Timer | undefined;
  #socket: TLSSocket | undefined;
  #stopped = false;

  constructor(options: { readonly member: MeshMember; readonly limits: MeshLimits }, modules: DialerModules) {
    this.#member = options.member;
    this.#limits = options.limits;
    this.#modules = modules;
  }

  /** Another address for the same identity; a standing connection is not touched. */
  moveTo(member: MeshMember): void {
    this.#member = member;
  }

  dial(): void {
    if (this.#stopped) return;
    const socket = this.#open();
    if (socket === undefined) {
      this.#modules.onFailed('handshake-failed');
      this.lost();
      return;
    }
    this.#socket = socket;
    let settled = false;
    const fail = (reason: DisconnectReason): void => {
      if (settled) return;
      settled = true;
      this.#timer?.cancel();
      socket.destroy();
      if (this.#stopped) return;
      this.#modules.onFailed(reason);
      this.lost();
    };
    socket.on('error', () => fail('handshake-failed'));
    socket.on('close', () => fail('handshake-failed'));
    this.#timer = this.#modules.clock.setTimer(this.#limits.handshakeTimeoutMs, () => fail('handshake-timeout'));
    socket.on('secureConnect', () => {
      const peer = identityOf(socket);
      if (!peer.ok) return fail(peer.reason);
      if (!equalBytes(peer.identity, this.#member.meshIdentity)) return fail('wrong-identity');
      settled = true;
      this.#timer?.cancel();
      this.#modules.onVerified(socket, peer.identity);
    });
  }

  /** The address is what another operator put on chain: it may be one that Node refuses with an exception. */
  #open(): TLSSocket | undefined {
    try {
      return connect({
        host: this.#member.host,
        port: this.#member.port,
        secureContext: this.#modules.secureContext,
        ALPNProtocols: [MESH_ALPN],
        rejectUnauthorized: false, // the key is compared in `dial`; there is no authority to ask
      });
    } catch {
      return undefined;
    }
  }

  /** The peer accepted the connection: the next loss starts with the shortest pause again. */
  succeeded(): void {
    this.#attempt = 0;
  }

  /** The connection is gone: tries again after a pause. */
  lost(): void {
    if (this.#stopped) return;
    const pause = { minMs: this.#limits.reconnectDelayMinMs, maxMs: this.#limits.reconnectDelayMaxMs };
    const delayMs = backoffMs(pause, this.#attempt, this.#modules.random);
    this.#attempt += 1;
    this.#timer?.cancel();
    this.#timer = this.#modules.clock.setTimer(delayMs, () => this.dial());
  }

  /** Ends it, with a connection attempt that is under way; one that stands belongs to the mesh. */
  stop(verified: boolean): void {
    this.#stopped = true;
    this.#timer?.cancel();
    if (!verified) this.#socket?.destroy();
  }
}
