import { type Clock, type PartyIndex, toHex } from '@keymesh/foundation';
import type { Messenger } from '../mesh/messenger.ts';
import { EARLY_RUNS_PER_PEER_MAX, VALUES_PER_RUN_MAX } from './limits.ts';
import { decodeRoundMessage, encodeRoundMessage, PROGRAM_CHANNEL, type RoundMessage } from './round-messages.ts';
import { RunRounds } from './run-rounds.ts';

/** What nodes that run the same program tell each other, over the mesh. */
export class ProgramRounds {
  readonly #clock: Clock;
  readonly #runs = new Map<string, RunRounds>();
  /** What peers said of runs that have not begun here: by peer, then by run in the order of arrival. */
  readonly #early = new Map<PartyIndex, Map<string, RoundMessage[]>>();
  #messenger: Messenger | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  join(messenger: Messenger): void {
    this.#messenger = messenger;
    messenger.onMessage((from, bytes) => {
      if (this.#messenger === messenger && bytes[0] === PROGRAM_CHANNEL) this.#receive(from, bytes);
    });
  }

  leave(): void {
    this.#messenger = undefined;
    for (const run of this.#runs.values()) run.close();
    this.#runs.clear();
    this.#early.clear();
  }

  /**
   * Takes part in the rounds of a run until it is closed.
   * @param run 32 bytes. @param parties all that run it, ascending, this node among them.
   * @returns undefined if this node runs it already: the same request came twice.
   */
  open(run: Uint8Array, self: PartyIndex, parties: readonly PartyIndex[]): RunRounds | undefined {
    const id = toHex(run);
    if (this.#runs.has(id)) return undefined;
    const send = (to: PartyIndex, message: RoundMessage): void =>
      this.#messenger?.send(to, encodeRoundMessage(message));
    const rounds = new RunRounds({ run, self, parties, send, clock: this.#clock });
    this.#runs.set(id, rounds);
    for (const party of parties) {
      for (const message of this.#early.get(party)?.get(id) ?? []) rounds.receive(party, message);
      this.#early.get(party)?.delete(id);
    }
    return rounds;
  }

  close(run: Uint8Array): void {
    const id = toHex(run);
    this.#runs.get(id)?.close();
    this.#runs.delete(id);
  }

  #receive(from: PartyIndex, bytes: Uint8Array): void {
    const message = decodeRoundMessage(bytes);
    if (message === undefined) return;
    const id = toHex(message.run);
    const run = this.#runs.get(id);
    if (run === undefined) this.#keepEarly(from, id, message);
    else run.receive(from, message);
  }

  /** Each peer has room of its own, and displaces only what it said itself. */
  #keepEarly(from: PartyIndex, id: string, message: RoundMessage): void {
    const runs = this.#early.get(from) ?? new Map<string, RoundMessage[]>();
    this.#early.set(from, runs);
    const known = runs.get(id);
    if (known === undefined) {
      const [oldest] = runs.keys();
      if (runs.size >= EARLY_RUNS_PER_PEER_MAX && oldest !== undefined) runs.delete(oldest);
      runs.set(id, [message]);
    } else if (known.length <= VALUES_PER_RUN_MAX) {
      known.push(message);
    }
  }
}
