import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';
import { BROADCAST_BODY_BYTES_MAX } from '../limits.ts';
import type { Broadcast } from './broadcast.ts';
import type { BroadcastCounters } from './counters.ts';
import { digestOf, type Envelope, encodeBroadcastMessage } from './envelope.ts';

/** What all participants of an execution agree on. */
export interface ExecutionOptions {
  /** 32 bytes. */
  readonly executionId: Uint8Array;
  /** This node included. */
  readonly participants: readonly PartyIndex[];
  /** Rounds are 1 … `rounds`. */
  readonly rounds: number;
  /** Whether `signature` is the mesh identity's of `party` over the 32-byte digest. */
  readonly verify: (party: PartyIndex, digest: Uint8Array, signature: Uint8Array) => boolean;
}

export interface SignedBroadcastModules {
  readonly self: PartyIndex;
  /** This node's mesh identity signs a 32-byte digest: 64 bytes. */
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly send: (to: PartyIndex, message: Uint8Array) => void;
  readonly counters: BroadcastCounters;
  readonly onClose: () => void;
}

/** What is known of one author in one round: what was seen first, and one other statement if there is one. */
interface Slot {
  readonly first: Known;
  second: Known | undefined;
}

interface Known {
  readonly digest: Uint8Array;
  readonly encoded: Uint8Array;
}

/** One event for a handler that may be set later. */
class Outlet<Args extends readonly unknown[]> {
  #handler: ((...args: Args) => void) | undefined;
  #waiting: Args[] = [];

  set(handler: (...args: Args) => void): void {
    this.#handler = handler;
    for (const args of this.#waiting.splice(0)) handler(...args);
  }

  emit(...args: Args): void {
    if (this.#handler === undefined) this.#waiting.push(args);
    else this.#handler(...args);
  }

  close(): void {
    this.#handler = () => {};
    this.#waiting = [];
  }
}

/**
 * Signed broadcast of one execution (docs/spec/network.md §5). Opened by a `BroadcastRouter`.
 *
 * Whoever first sees an envelope sends it on to every participant, so as soon as one honest participant has it, all
 * will; and as soon as two honest participants were told different stories, both stories reach everybody, each signed
 * by their author. A relay cannot forge: only the author's signature counts, not who sent it on. The own message is
 * delivered as well, within `publish`.
 */
export class SignedBroadcast implements Broadcast {
  readonly #options: ExecutionOptions;
  readonly #modules: SignedBroadcastModules;
  readonly #participants: ReadonlySet<PartyIndex>;
  /** By author and round; at most two envelopes each. */
  readonly #slots = new Map<string, Slot>();
  readonly #equivocators = new Set<PartyIndex>();
  readonly #deliveries = new Outlet<readonly [author: PartyIndex, round: number, body: Uint8Array]>();
  readonly #equivocations = new Outlet<readonly [author: PartyIndex, round: number]>();
  #closed = false;

  /** @internal Use `BroadcastRouter.open`. */
  constructor(options: ExecutionOptions, modules: SignedBroadcastModules) {
    this.#options = options;
    this.#modules = modules;
    this.#participants = new Set(options.participants);
  }

  /**
   * Signs and sends this party's message for a round, and delivers it here.
   * @param round 1 … `rounds`
   * @param body at most `BROADCAST_BODY_BYTES_MAX` bytes; must not be changed afterwards.
   * @throws NodeError `broadcast/out-of-bounds`; `broadcast/already-published` for a second message for one round, and
   *   when an earlier boot of this node has spoken in it: a second one would be equivocation.
   */
  publish(round: number, body: Uint8Array): void {
    if (this.#closed) return;
    if (!this.#isInBounds(round, body)) {
      throw new NodeError(`A broadcast of ${body.length} bytes for round ${round} is out of bounds.`, {
        code: 'broadcast/out-of-bounds',
        fault: 'bug',
        details: { round, rounds: this.#options.rounds, length: body.length, limit: BROADCAST_BODY_BYTES_MAX },
      });
    }
    const { self, sign, counters } = this.#modules;
    if (this.#slots.has(slotKey(self, round))) {
      throw new NodeError(`This node has spoken in round ${round} already.`, {
        code: 'broadcast/already-published',
        fault: 'bug',
        details: { round },
      });
    }
    const statement = { executionId: this.#options.executionId, author: self, round, body };
    const digest = digestOf(statement);
    const envelope = { ...statement, signature: sign(digest) };
    counters.published += 1;
    const encoded = encodeBroadcastMessage({ kind: 'envelope', envelope });
    this.#slots.set(slotKey(self, round), { first: { digest, encoded }, second: undefined });
    for (const party of this.#participants) if (party !== self) this.#modules.send(party, encoded);
    this.#deliver(envelope);
  }

  onDeliver(handler: (author: PartyIndex, round: number, body: Uint8Array) => void): void {
    this.#deliveries.set(handler);
  }

  onEquivocation(handler: (author: PartyIndex, round: number) => void): void {
    this.#equivocations.set(handler);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deliveries.close();
    this.#equivocations.close();
    this.#slots.clear();
    this.#modules.onClose();
  }

  /** @internal An envelope of this execution, from whomever. */
  receive(from: PartyIndex, envelope: Envelope): void {
    if (this.#closed) return;
    const { drops } = this.#modules.counters;
    if (!this.#participants.has(envelope.author)) {
      drops['not-a-participant'] += 1;
      return;
    }
    if (!this.#isInBounds(envelope.round, envelope.body)) {
      drops['out-of-bounds'] += 1;
      return;
    }
    const digest = digestOf(envelope);
    const slot = this.#slots.get(slotKey(envelope.author, envelope.round));
    // Before the signature: with everybody relaying, most of what arrives is known, and this comparison is cheap.
    if (slot !== undefined && (slot.second !== undefined || equalBytes(slot.first.digest, digest))) {
      drops.repeat += 1;
      return;
    }
    if (!this.#options.verify(envelope.author, digest, envelope.signature)) {
      drops['bad-signature'] += 1;
      return;
    }
    const encoded = encodeBroadcastMessage({ kind: 'envelope', envelope });
    if (slot === undefined) {
      const first = { digest, encoded };
      this.#slots.set(slotKey(envelope.author, envelope.round), { first, second: undefined });
    } else {
      slot.second = { digest, encoded };
    }
    this.#relay(encoded, [this.#modules.self, envelope.author, from]);
    if (slot === undefined) this.#deliver(envelope);
    else this.#equivocated(envelope);
  }

  /** @internal Sends a peer all that is known: it asked, or it restarted and forgot. */
  replayTo(peer: PartyIndex): void {
    if (this.#closed || !this.#participants.has(peer)) return;
    for (const { first, second } of this.#slots.values()) {
      this.#modules.send(peer, first.encoded);
      if (second !== undefined) this.#modules.send(peer, second.encoded);
    }
  }

  #isInBounds(round: number, body: Uint8Array): boolean {
    return round >= 1 && round <= this.#options.rounds && body.length <= BROADCAST_BODY_BYTES_MAX;
  }

  #relay(encoded: Uint8Array, except: readonly PartyIndex[]): void {
    for (const party of this.#participants) {
      if (except.includes(party)) continue;
      this.#modules.counters.relayed += 1;
      this.#modules.send(party, encoded);
    }
  }

  #deliver(envelope: Envelope): void {
    this.#modules.counters.delivered += 1;
    this.#deliveries.emit(envelope.author, envelope.round, envelope.body);
  }

  #equivocated(envelope: Envelope): void {
    if (this.#equivocators.has(envelope.author)) return;
    this.#equivocators.add(envelope.author);
    this.#modules.counters.equivocations += 1;
    this.#equivocations.emit(envelope.author, envelope.round);
  }
}

function slotKey(author: PartyIndex, round: number): string {
  return `${author}/${round}`;
}
