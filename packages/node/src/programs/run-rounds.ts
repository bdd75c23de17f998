import type { ActionPeers } from '@keymesh/actions';
import { type Clock, equalBytes, type PartyIndex, Transcript, utf8 } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import { NodeError } from '../errors.ts';
import { ROUND_TIMEOUT_MS, VALUES_PER_RUN_MAX } from './limits.ts';
import type { RoundMessage } from './round-messages.ts';

export interface RunRoundsOptions {
  /** 32 bytes. */
  readonly run: Uint8Array;
  readonly self: PartyIndex;
  /** All that run it, ascending. */
  readonly parties: readonly PartyIndex[];
  readonly clock: Clock;
  readonly send: (to: PartyIndex, message: RoundMessage) => void;
}

interface Waiting {
  readonly round: string;
  readonly from: readonly PartyIndex[];
  readonly resolve: (values: ReadonlyMap<PartyIndex, Uint8Array>) => void;
  readonly reject: (error: NodeError) => void;
  cancel(): void;
}

interface Watcher {
  readonly round: string;
  readonly content: Uint8Array;
  readonly reject: (error: NodeError) => void;
}

/** The rounds of one run at one node: its own values, and those of the others as they come. */
export class RunRounds implements ActionPeers {
  readonly self: PartyIndex;
  readonly parties: readonly PartyIndex[];
  readonly #options: RunRoundsOptions;
  /** By round. */
  readonly #values = new Map<string, Map<PartyIndex, Uint8Array>>();
  readonly #counts = new Map<PartyIndex, number>();
  /** How many values a party whose program is over has sent here. */
  readonly #ended = new Map<PartyIndex, number>();
  readonly #sent = new Map<PartyIndex, number>();
  readonly #waiting = new Set<Waiting>();
  readonly #watchers = new Set<Watcher>();
  #isClosed = false;

  constructor(options: RunRoundsOptions) {
    this.#options = options;
    this.self = options.self;
    this.parties = options.parties;
  }

  leaderOf(name: string): PartyIndex {
    const { run, parties } = this.#options;
    const session = new Transcript('action/v1/leader').append('run', run).append('name', utf8(name)).digest();
    return leaderOf(session, parties);
  }

  publish(round: string, value: Uint8Array): void {
    this.tell(round, value, this.parties);
  }

  /** As `publish`, to some of them only. */
  tell(round: string, value: Uint8Array, to: readonly PartyIndex[]): void {
    const { run, self, send } = this.#options;
    this.#keep(self, round, value);
    for (const party of to) {
      if (party === self) continue;
      this.#sent.set(party, (this.#sent.get(party) ?? 0) + 1);
      send(party, { kind: 'value', run, round, value });
    }
  }

  /** @throws NodeError `actions/peer-silent`, `actions/diverged`. */
  collect(
    round: string,
    from: readonly PartyIndex[],
    timeoutMs: number = ROUND_TIMEOUT_MS,
  ): Promise<ReadonlyMap<PartyIndex, Uint8Array>> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(silent(round, []));
      const timer = this.#options.clock.setTimer(timeoutMs, () => {
        this.#waiting.delete(waiting);
        reject(silent(round, this.#missing(waiting)));
      });
      const waiting: Waiting = { round, from, resolve, reject, cancel: () => timer.cancel() };
      this.#waiting.add(waiting);
      this.#settle(waiting);
    });
  }

  /**
   * Tells the others what this program does now, which must be the same everywhere, and hears what they do. It waits for
   * nobody: a program that is ahead goes on.
   * @param step names it, once in a run; @param content what must be equal.
   * @returns `differs` rejects when another node does something else, or ended without it. `stop` ends that.
   * @throws NodeError `actions/diverged`, by `differs`.
   */
  step(step: string, content: Uint8Array): { readonly differs: Promise<never>; stop(): void } {
    const round = `step/${step}`;
    this.publish(round, content);
    let watcher: Watcher | undefined;
    const differs = new Promise<never>((_, reject) => {
      watcher = { round, content, reject };
      this.#watchers.add(watcher);
      this.#compare(watcher);
    });
    // Whoever asks hears of it; that the step ended before is no error.
    differs.catch(() => {});
    return { differs, stop: () => this.#watchers.delete(watcher as Watcher) };
  }

  receive(from: PartyIndex, message: RoundMessage): void {
    if (this.#isClosed || !this.parties.includes(from) || from === this.self) return;
    if (message.kind === 'ended') {
      this.#ended.set(from, message.values);
    } else {
      const count = this.#counts.get(from) ?? 0;
      if (count >= VALUES_PER_RUN_MAX) return;
      this.#counts.set(from, count + 1);
      this.#keep(from, message.round, message.value);
    }
    for (const waiting of [...this.#waiting]) this.#settle(waiting);
    for (const watcher of [...this.#watchers]) this.#compare(watcher);
  }

  /** The program is over here; others that wait for it are told. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { run, self, parties, send } = this.#options;
    for (const party of parties)
      if (party !== self) send(party, { kind: 'ended', run, values: this.#sent.get(party) ?? 0 });
    for (const waiting of this.#waiting) {
      waiting.cancel();
      waiting.reject(silent(waiting.round, this.#missing(waiting)));
    }
    this.#waiting.clear();
  }

  /** The first value counts: a peer has one word in a round. */
  #keep(party: PartyIndex, round: string, value: Uint8Array): void {
    const values = this.#values.get(round) ?? new Map<PartyIndex, Uint8Array>();
    this.#values.set(round, values);
    if (!values.has(party)) values.set(party, value);
  }

  /** Whether nothing of it can be on its way any more. */
  #isGone(party: PartyIndex): boolean {
    const values = this.#ended.get(party);
    return values !== undefined && (this.#counts.get(party) ?? 0) >= values;
  }

  #compare(watcher: Watcher): void {
    const values = this.#values.get(watcher.round);
    const others = this.parties.filter((party) => {
      const value = values?.get(party);
      return value === undefined ? this.#isGone(party) : !equalBytes(value, watcher.content);
    });
    if (others.length === 0) return;
    this.#watchers.delete(watcher);
    watcher.reject(diverged(watcher.round, others));
  }

  #missing({ round, from }: Waiting): PartyIndex[] {
    const values = this.#values.get(round);
    return from.filter((party) => values?.has(party) !== true);
  }

  #settle(waiting: Waiting): void {
    const missing = this.#missing(waiting);
    const gone = missing.filter((party) => this.#isGone(party));
    if (missing.length > 0 && gone.length === 0) return;
    this.#waiting.delete(waiting);
    waiting.cancel();
    if (gone.length > 0) waiting.reject(diverged(waiting.round, gone));
    else waiting.resolve(this.#values.get(waiting.round) ?? new Map());
  }
}

function silent(round: string, missing: readonly PartyIndex[]): NodeError {
  return new NodeError(`Nodes did not take part in the round ${round}: ${missing.join(', ') || 'the run is over'}.`, {
    code: 'actions/peer-silent',
    fault: 'peer',
    hint: 'They are slow or gone. Run the program again; the client then asks others.',
    culprits: missing,
    details: { round },
  });
}

function diverged(round: string, others: readonly PartyIndex[]): NodeError {
  return new NodeError(`The program went another way on nodes ${others.join(', ')}: this node is at ${round}.`, {
    code: 'actions/diverged',
    fault: 'caller',
    hint: 'Let all nodes decide from the same values: broadcastAndCollect and runOnce give them. The answers of the other nodes say how they went on.',
    details: { step: round, nodes: [...others] },
  });
}
