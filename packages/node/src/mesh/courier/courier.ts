import type { Clock, PartyIndex, RandomSource } from '@keymesh/foundation';
import { NodeError } from '../../errors.ts';
import { MESH_MESSAGE_BYTES_MAX } from '../../limits.ts';
import type { Messenger } from '../messenger.ts';
import type { Transport } from '../transport.ts';
import { type CourierCounters, zeroCourierCounters } from './counters.ts';
import { BOOT_ID_BYTES, type CourierFrame, decodeCourierFrame } from './frame.ts';
import { CourierLink } from './link.ts';

type MessageHandler = (from: PartyIndex, message: Uint8Array) => void;
type BootHandler = (peer: PartyIndex, bootId: Uint8Array, previous: Uint8Array | undefined) => void;

/**
 * Messages that arrive, over a transport that loses frames.
 *
 * A message is sent again until the peer acknowledges it, and delivered once for each pair of boots. When a peer
 * restarts, what its old boot had not acknowledged is kept and goes to the new one; what it had acknowledged is not
 * sent again, although the new boot does not know it: a layer that needs that to be known again listens to
 * `onPeerBoot`. Messages of this node's own earlier boots are gone with them.
 *
 * A courier belongs to one membership. When party indices change, close it and make another: its boot id is new, so
 * peers treat that as the restart it is.
 */
export class Courier implements Messenger {
  /** 16 random bytes that name this life of this node towards its peers. */
  readonly bootId: Uint8Array;
  readonly self: PartyIndex;
  readonly peers: readonly PartyIndex[];
  readonly #counters = zeroCourierCounters();
  readonly #links = new Map<PartyIndex, CourierLink>();
  readonly #messageHandlers: MessageHandler[] = [];
  readonly #bootHandlers: BootHandler[] = [];
  #closed = false;

  /** Takes over the transport's handlers. Add handlers here before either is started. */
  constructor(modules: { readonly transport: Transport; readonly clock: Clock; readonly random: RandomSource }) {
    const { transport, clock, random } = modules;
    this.bootId = random(BOOT_ID_BYTES);
    this.self = transport.self;
    this.peers = [...transport.peers];
    for (const peer of this.peers) {
      const link = new CourierLink(this.bootId, {
        clock,
        random,
        counters: this.#counters,
        transmit: (frame) => transport.send(peer, frame),
        deliver: (message) => {
          for (const handler of this.#messageHandlers) handler(peer, message);
        },
        peerBooted: (boot, previous) => {
          for (const handler of this.#bootHandlers) handler(peer, boot, previous);
        },
      });
      this.#links.set(peer, link);
    }
    transport.onFrame((from, frame) => this.#receive(from, frame));
    transport.onPeerChange((peer, state) => {
      if (state === 'up') this.#links.get(peer)?.connected();
    });
  }

  /** Begins to look for the peers. Call it after the handlers are set. */
  start(): void {
    for (const link of this.#links.values()) link.probe();
  }

  /**
   * Queues a message; the array must not be changed afterwards. Dropped and counted when too much waits for that peer.
   * @param message at most `MESH_MESSAGE_BYTES_MAX` bytes.
   * @throws NodeError `mesh/unknown-peer`, `mesh/message-too-long`
   */
  send(to: PartyIndex, message: Uint8Array): void {
    const link = this.#links.get(to);
    if (link === undefined) {
      throw new NodeError(`Party ${to} is no peer of party ${this.self}.`, { code: 'mesh/unknown-peer', fault: 'bug' });
    }
    if (message.length > MESH_MESSAGE_BYTES_MAX) {
      throw new NodeError(`A message of ${message.length} bytes is too long for the mesh.`, {
        code: 'mesh/message-too-long',
        fault: 'bug',
        details: { length: message.length, limit: MESH_MESSAGE_BYTES_MAX },
      });
    }
    link.send(message);
  }

  /** Adds a handler; all of them see every message. */
  onMessage(handler: MessageHandler): void {
    this.#messageHandlers.push(handler);
  }

  /** Adds a handler. */
  onPeerBoot(handler: BootHandler): void {
    this.#bootHandlers.push(handler);
  }

  /** Messages to a peer that it has not acknowledged. */
  unacknowledged(peer: PartyIndex): number {
    return this.#links.get(peer)?.unacknowledged ?? 0;
  }

  /** A copy of the counters, for metrics. */
  counters(): CourierCounters {
    return structuredClone(this.#counters);
  }

  /** Nothing is sent or delivered any more; what was not acknowledged is given up. */
  close(): void {
    this.#closed = true;
    for (const link of this.#links.values()) link.close();
  }

  #receive(from: PartyIndex, bytes: Uint8Array): void {
    const link = this.#links.get(from);
    if (this.#closed || link === undefined) return;
    let frame: CourierFrame | undefined;
    try {
      frame = decodeCourierFrame(bytes);
    } catch {
      // Authenticated garbage: the peer is faulty or newer. Counted below with the kinds that we do not know.
    }
    if (frame === undefined) this.#counters.drops.malformed += 1;
    else link.receive(frame);
  }
}
