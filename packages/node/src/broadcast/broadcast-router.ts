import { type PartyIndex, toHex } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';
import { BROADCAST_CLOSED_EXECUTIONS_MAX, BROADCAST_REPLAYS_MAX, BROADCAST_ROUNDS_MAX } from '../limits.ts';
import type { Messenger } from '../mesh/messenger.ts';
import { type BroadcastCounters, zeroBroadcastCounters } from './counters.ts';
import { EarlyEnvelopes } from './early-envelopes.ts';
import { decodeBroadcastMessage, type Envelope, EXECUTION_ID_BYTES, encodeBroadcastMessage } from './envelope.ts';
import { type ExecutionOptions, SignedBroadcast } from './signed-broadcast.ts';

/**
 * All signed broadcasts of a node over one messenger. Envelopes of an execution that is not open yet wait, within
 * bounds; those of one that is over are refused. A peer that restarts gets all that is known of the open executions.
 */
export class BroadcastRouter {
  readonly #messenger: Messenger;
  readonly #sign: (digest: Uint8Array) => Uint8Array;
  readonly #counters = zeroBroadcastCounters();
  readonly #open = new Map<
    string,
    { readonly broadcast: SignedBroadcast; readonly replays: Map<PartyIndex, number> }
  >();
  /** Oldest first. */
  readonly #over = new Set<string>();
  readonly #early = new EarlyEnvelopes();
  #closed = false;

  /**
   * Make it before the messenger starts, so that nothing is missed.
   * @param modules.sign this node's mesh identity over a 32-byte digest: 64 bytes.
   */
  constructor(modules: { readonly messenger: Messenger; readonly sign: (digest: Uint8Array) => Uint8Array }) {
    this.#messenger = modules.messenger;
    this.#sign = modules.sign;
    this.#messenger.onMessage((from, message) => this.#receive(from, message));
    this.#messenger.onPeerBoot((peer, _, previous) => {
      if (previous === undefined) return; // the messenger has kept everything for it
      for (const { broadcast, replays } of this.#open.values()) {
        replays.delete(peer);
        broadcast.replayTo(peer);
      }
    });
  }

  /**
   * Takes part in an execution. What has arrived for it is delivered as soon as a handler is set.
   * @throws NodeError `broadcast/invalid-execution` if it is open or over, its id does not have 32 bytes, it has no
   *   rounds or too many, or this node is no participant.
   */
  open(options: ExecutionOptions): SignedBroadcast {
    const id = toHex(options.executionId);
    if (this.#open.has(id) || this.#over.has(id)) throw invalid('it was opened before');
    if (options.executionId.length !== EXECUTION_ID_BYTES) throw invalid('its id does not have 32 bytes');
    if (!options.participants.includes(this.#messenger.self)) throw invalid('this node does not take part in it');
    if (!(options.rounds >= 1 && options.rounds <= BROADCAST_ROUNDS_MAX)) throw invalid('its rounds are out of bounds');
    const broadcast = new SignedBroadcast(options, {
      self: this.#messenger.self,
      sign: this.#sign,
      send: (to, message) => this.#messenger.send(to, message),
      counters: this.#counters,
      onClose: () => this.#close(id),
    });
    this.#open.set(id, { broadcast, replays: new Map() });
    const early = this.#early.take(options.executionId);
    for (const [from, envelope] of early.envelopes) broadcast.receive(from, envelope);
    if (!early.complete) this.#askForAll(options);
    return broadcast;
  }

  /** A copy of the counters, for metrics. */
  counters(): BroadcastCounters {
    return structuredClone(this.#counters);
  }

  /** Closes every broadcast. */
  close(): void {
    this.#closed = true;
    for (const { broadcast } of [...this.#open.values()]) broadcast.close();
    this.#early.clear();
  }

  /** Envelopes that came early were dropped, some perhaps of this execution; what others know fills the gap. */
  #askForAll({ executionId, participants }: ExecutionOptions): void {
    const want = encodeBroadcastMessage({ kind: 'want', executionId });
    for (const party of participants) if (party !== this.#messenger.self) this.#messenger.send(party, want);
  }

  #receive(from: PartyIndex, bytes: Uint8Array): void {
    if (this.#closed) return;
    const { drops } = this.#counters;
    let message: ReturnType<typeof decodeBroadcastMessage>;
    try {
      message = decodeBroadcastMessage(bytes);
    } catch {
      message = { kind: 'unknown' };
    }
    switch (message?.kind) {
      case undefined: // another channel
        return;
      case 'unknown':
        drops.malformed += 1;
        return;
      case 'want':
        this.#replay(from, message.executionId);
        return;
      case 'envelope':
        this.#route(from, message.envelope);
    }
  }

  #route(from: PartyIndex, envelope: Envelope): void {
    const { drops } = this.#counters;
    const id = toHex(envelope.executionId);
    const open = this.#open.get(id);
    if (open !== undefined) open.broadcast.receive(from, envelope);
    else if (this.#over.has(id)) drops['closed-execution'] += 1;
    else drops['early-overflow'] += this.#early.keep(from, envelope);
  }

  #replay(to: PartyIndex, executionId: Uint8Array): void {
    const open = this.#open.get(toHex(executionId));
    if (open === undefined) return; // it hears everything from us as we hear it
    const replays = open.replays.get(to) ?? 0;
    if (replays >= BROADCAST_REPLAYS_MAX) {
      this.#counters.drops['replay-limit'] += 1;
      return;
    }
    open.replays.set(to, replays + 1);
    open.broadcast.replayTo(to);
  }

  #close(id: string): void {
    this.#open.delete(id);
    this.#over.add(id);
    const [oldest] = this.#over;
    if (this.#over.size > BROADCAST_CLOSED_EXECUTIONS_MAX && oldest !== undefined) this.#over.delete(oldest);
  }
}

function invalid(reason: string): NodeError {
  return new NodeError(`The execution cannot be opened: ${reason}.`, {
    code: 'broadcast/invalid-execution',
    fault: 'bug',
  });
}
