import type { TLSSocket } from 'node:tls';
import type { Clock, Timer } from '@keymesh/foundation';
import { NodeError } from '../../errors.ts';
import type { DisconnectReason, DropReason, MeshCounters } from './counters.ts';
import { encodeFrame, FRAME_KIND, FrameDecoder } from './frame-decoder.ts';
import type { MeshLimits } from './limits.ts';

export interface ConnectionEvents {
  /** The first frame arrived: the peer has verified us too. Fires once. */
  readonly onReady: (connection: Connection) => void;
  readonly onMessage: (connection: Connection, payload: Uint8Array) => void;
  readonly onClosed: (connection: Connection, reason: DisconnectReason) => void;
}

const NOTHING = new Uint8Array(0);

/**
 * Frames over a TLS socket whose peer is verified. Reading starts in the constructor, so none is made before the
 * verification. Both sides send a heartbeat at once: that is how the side that dialled learns that it was accepted,
 * because in TLS 1.3 a client is done before the server has looked at its certificate.
 */
export class Connection {
  /** The verified Ed25519 key of the peer. */
  readonly identity: Uint8Array;
  readonly #socket: TLSSocket;
  readonly #limits: MeshLimits;
  readonly #clock: Clock;
  readonly #counters: MeshCounters;
  readonly #events: ConnectionEvents;
  readonly #decoder: FrameDecoder;
  #ready = false;
  #closed = false;
  #receivedAt: number;
  #sentAt: number;
  #timer: Timer | undefined;

  constructor(
    options: { readonly socket: TLSSocket; readonly identity: Uint8Array; readonly limits: MeshLimits },
    modules: { readonly clock: Clock; readonly counters: MeshCounters; readonly events: ConnectionEvents },
  ) {
    this.identity = options.identity;
    this.#socket = options.socket;
    this.#limits = options.limits;
    this.#clock = modules.clock;
    this.#counters = modules.counters;
    this.#events = modules.events;
    this.#decoder = new FrameDecoder(options.limits.frameBytesMax);
    this.#receivedAt = this.#clock.now();
    this.#sentAt = this.#receivedAt;
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    this.#socket.on('end', () => this.close('ended'));
    this.#socket.on('close', () => this.close('ended'));
    this.#socket.on('error', () => this.close('socket-error'));
    this.#write(FRAME_KIND.heartbeat, NOTHING);
    this.#tick();
  }

  get isReady(): boolean {
    return this.#ready;
  }

  /** Queues a message. @returns why it was dropped, or `undefined`. */
  send(payload: Uint8Array): DropReason | undefined {
    if (this.#closed) return 'peer-away';
    if (payload.length > this.#limits.frameBytesMax) return 'frame-too-long';
    if (this.#socket.writableLength + payload.length > this.#limits.queueBytesMax) return 'queue-full';
    this.#write(FRAME_KIND.message, payload);
    return undefined;
  }

  close(reason: DisconnectReason): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    this.#counters.disconnects[reason] += 1;
    this.#socket.destroy();
    this.#events.onClosed(this, reason);
  }

  #write(kind: number, payload: Uint8Array): void {
    const frame = encodeFrame(kind, payload);
    this.#socket.write(frame);
    this.#sentAt = this.#clock.now();
    this.#counters.framesOut += 1;
    this.#counters.bytesOut += frame.length;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#counters.bytesIn += chunk.length;
    this.#receivedAt = this.#clock.now();
    const frames = this.#decoder.push(chunk);
    for (;;) {
      // The handlers run outside the try, so that a fault of theirs is not blamed on the peer.
      let next: ReturnType<typeof frames.next>;
      try {
        next = frames.next();
      } catch (thrown) {
        const tooLong = thrown instanceof NodeError && thrown.code === 'mesh/frame-too-long';
        this.close(tooLong ? 'frame-too-long' : 'frame-malformed');
        return;
      }
      if (next.done === true) return;
      this.#counters.framesIn += 1;
      if (!this.#ready) {
        this.#ready = true;
        this.#events.onReady(this);
      }
      if (next.value.kind === FRAME_KIND.message && !this.#closed) this.#events.onMessage(this, next.value.payload);
      if (this.#closed) return;
    }
  }

  /** Sends heartbeats when idle, and ends the connection when the peer is silent. */
  #tick(): void {
    const now = this.#clock.now();
    const patienceMs = this.#ready ? this.#limits.silenceMsMax : this.#limits.handshakeTimeoutMs;
    if (now - this.#receivedAt >= patienceMs) {
      this.close(this.#ready ? 'silent' : 'handshake-timeout');
      return;
    }
    // A peer that reads nothing must not make us queue heartbeats without end.
    const idle = now - this.#sentAt >= this.#limits.heartbeatIntervalMs && this.#socket.writableLength === 0;
    if (idle) this.#write(FRAME_KIND.heartbeat, NOTHING);
    const nextMs = Math.min(patienceMs - (now - this.#receivedAt), this.#limits.heartbeatIntervalMs / 2);
    this.#timer = this.#clock.setTimer(Math.max(1, nextMs), () => this.#tick());
  }
}
