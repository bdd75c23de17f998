import { KeymeshError, type PartyIndex, type Timer, toKeymeshError } from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import type { AbandonableProtocol } from '@keymesh/threshold/ecdsa';
import { NodeError } from '../errors.ts';
import { PREPARATION_STALL_MARGIN_MS, PREPARATION_STALL_MS, PREPARATION_TIMEOUT_MS } from './limits.ts';
import type { BatchHeader } from './messages.ts';
import type { Preparation, PreparedScheme } from './preparation.ts';

/** The only round of which messages may come before this node spoke. */
const FIRST_ROUND = 1;

export interface BatchRunOptions {
  readonly id: Uint8Array;
  readonly header: BatchHeader;
  readonly scheme: PreparedScheme;
  readonly self: PartyIndex;
  /** Who made this node know of it: this node itself, or a peer whose bound it counts against. */
  readonly introducedBy: PartyIndex;
  /** Set if this node ordered it. */
  readonly order: number | undefined;
}

export interface BatchRunModules {
  readonly send: (to: PartyIndex, round: number, body: Uint8Array) => void;
  readonly onDone: (preparations: readonly Preparation[]) => void;
  readonly onFailed: (error: KeymeshError) => void;
  readonly timer: (delayMs: number, fire: () => void) => Timer;
}

/**
 * One batch at one signer, from its header to its preparations or its failure. Messages that come before the protocol
 * can begin (a pair's set-up is under way) wait here.
 */
export class BatchRun {
  readonly id: Uint8Array;
  readonly header: BatchHeader;
  readonly scheme: PreparedScheme;
  readonly introducedBy: PartyIndex;
  readonly order: number | undefined;
  readonly #peers: readonly PartyIndex[];
  readonly #modules: BatchRunModules;
  readonly #early = new Map<PartyIndex, Uint8Array>();
  readonly #timeout: Timer;
  #stall: Timer;
  #protocol: AbandonableProtocol<readonly Preparation[]> | undefined;
  #missing: readonly PartyIndex[] = [];
  #isOver = false;

  constructor(options: BatchRunOptions, modules: BatchRunModules) {
    this.id = options.id;
    this.header = options.header;
    this.scheme = options.scheme;
    this.introducedBy = options.introducedBy;
    this.order = options.order;
    this.#peers = options.header.signers.filter((party) => party !== options.self);
    this.#missing = this.#peers;
    this.#modules = modules;
    this.#timeout = modules.timer(PREPARATION_TIMEOUT_MS, () => this.#timeOut());
    this.#stall = this.#armStall();
  }

  get isWaiting(): boolean {
    return !this.#isOver && this.#protocol === undefined;
  }

  includes(party: PartyIndex): boolean {
    return this.header.signers.includes(party);
  }

  /** It cannot begin yet, because of these. */
  waitFor(parties: readonly PartyIndex[]): void {
    this.#missing = parties;
  }

  /** Everything that the protocol needs is there. `create` may throw: the batch has failed then. */
  begin(create: () => AbandonableProtocol<readonly Preparation[]>): void {
    if (!this.isWaiting) return;
    try {
      this.#protocol = create();
    } catch (thrown) {
      this.fail(toKeymeshError(thrown));
      return;
    }
    this.#progressed();
    this.#advance();
    const early = [...this.#early];
    this.#early.clear();
    for (const [from, body] of early) this.receive(from, FIRST_ROUND, body);
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    if (this.#isOver || !this.#peers.includes(from)) return;
    if (this.#protocol === undefined) {
      // All that an honest signer sends before it hears from us; more would let a peer fill the memory.
      if (round === FIRST_ROUND && !this.#early.has(from)) this.#early.set(from, body);
      return;
    }
    try {
      this.#protocol.receive(from, round, body);
    } catch (thrown) {
      this.fail(blaming(from, toKeymeshError(thrown)));
      return;
    }
    this.#progressed();
    this.#advance();
  }

  fail(error: KeymeshError): void {
    if (this.#isOver) return;
    this.#end();
    this.#modules.onFailed(error);
  }

  /** Ends it without a word: its epoch is over, or a signer restarted. */
  abandon(): void {
    if (!this.#isOver) this.#end();
  }

  #progressed(): void {
    this.#stall.cancel();
    this.#stall = this.#armStall();
  }

  #armStall(): Timer {
    const marginMs = this.order === undefined ? PREPARATION_STALL_MARGIN_MS : 0;
    return this.#modules.timer(PREPARATION_STALL_MS + marginMs, () => this.#timeOut());
  }

  #timeOut(): void {
    this.fail(timedOut(this.#missing));
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelTimers();
    this.#protocol?.abandon();
    this.#early.clear();
  }

  #cancelTimers(): void {
    this.#timeout.cancel();
    this.#stall.cancel();
  }

  #advance(): void {
    while (!this.#isOver && this.#protocol !== undefined) {
      let step: Step<readonly Preparation[]>;
      try {
        step = this.#protocol.poke();
      } catch (thrown) {
        this.fail(toKeymeshError(thrown));
        return;
      }
      switch (step.kind) {
        case 'wait':
          this.#missing = step.missing;
          return;
        case 'send':
          for (const to of step.to === 'all' ? this.#peers : [step.to]) {
            this.#modules.send(to, step.round, step.body);
          }
          break;
        case 'done':
          this.#isOver = true;
          this.#cancelTimers();
          this.#modules.onDone(step.output);
      }
    }
  }
}

function timedOut(missing: readonly PartyIndex[]): NodeError {
  return new NodeError('Other signers did not send their part of a preparation in time.', {
    code: 'stock/preparation-timeout',
    fault: 'environment',
    hint: 'They are slow, or cut off from this node. Another signer set may do.',
    details: { missing },
  });
}

/** A message that cannot be read is its sender's fault, also where the reader does not know whose it is. */
function blaming(from: PartyIndex, error: KeymeshError): KeymeshError {
  if (error.fault !== 'peer' || error.culprits.length > 0) return error;
  const { code, fault, message, details } = error;
  return new KeymeshError(message, { code, fault, culprits: [from], details, cause: error });
}
