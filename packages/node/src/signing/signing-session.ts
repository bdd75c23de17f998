import { equalBytes, fromHex, type KeymeshError, type PartyIndex, toHex, toKeymeshError } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import { discard, type Preparation } from '../stock/preparation.ts';
import type { Shelf } from '../stock/stock.ts';
import {
  ASSIGNED_ARRIVAL_TIMEOUT_MS,
  SIGNING_PREPARING_REPEAT_MS,
  SIGNING_PREPARING_TIMEOUT_MS,
  SIGNING_STEP_TIMEOUT_MS,
} from './limits.ts';
import type { SigningMessage } from './messages.ts';
import { bindEcdsa, signEcdsa, signFrost } from './partial-signature.ts';
import type { PartialSignature, PreparedRequest } from './request.ts';
import { preparationLost, preparationSlow, signerFailed, signerSilent } from './session-errors.ts';

/** Where a session's preparations come from. */
export interface PreparationSource {
  /** One that this node owns. @throws NodeError `stock/…`. */
  obtain(shelf: Shelf): { readonly now: Preparation } | { readonly later: Promise<Preparation> };
  /** One that another signer owns and assigned, or undefined. */
  take(owner: PartyIndex, shelf: Shelf, id: string): Preparation | undefined;
  /** Its owner has given it out, and this node's half will not be used. */
  drop(owner: PartyIndex, id: string): void;
}

export interface SigningSessionModules {
  readonly epoch: ServingEpoch;
  readonly source: PreparationSource;
  readonly send: (to: PartyIndex, message: SigningMessage) => void;
  readonly onSigned: (partial: PartialSignature) => void;
  readonly onFailed: (error: KeymeshError) => void;
  /** From now on the session waits for something else, and so long at most. Milliseconds. */
  readonly awaits: (limitMs: number) => void;
  /** Does something now and every so often, until the session waits for something else or is over. Milliseconds. */
  readonly meanwhile: (intervalMs: number, act: () => void) => void;
  /** What the leader assigned is not here: to be `retry`ed when something is stocked. */
  readonly onMissing: () => void;
}

/** A preparation that a signer names, with its entropy where there is any. */
export interface Named {
  readonly preparation: Uint8Array;
  readonly entropy: Uint8Array;
}

/** What peers said about a session before its client's request came. The first word of each counts. */
export interface Heard {
  readonly assigned: Map<PartyIndex, Named>;
  readonly opened: Map<PartyIndex, Named>;
  readonly failed: Map<PartyIndex, string>;
}

/**
 * One request at one signer, from the client's request to the share (docs/spec/signing.md §5). A preparation is bound
 * to this request before anything of it leaves, and gone before a share is computed.
 */
export class SigningSession {
  readonly #request: PreparedRequest;
  readonly #modules: SigningSessionModules;
  readonly #others: readonly PartyIndex[];
  readonly #leader: PartyIndex;
  readonly #openings = new Map<PartyIndex, Uint8Array>();
  readonly #heard: Heard;
  /** What the leader assigned; for ever the first. */
  #assigned: Named | undefined;
  #preparation: Preparation | undefined;
  #isOver = false;

  constructor(request: PreparedRequest, modules: SigningSessionModules, heard: Heard) {
    this.#request = request;
    this.#modules = modules;
    this.#heard = heard;
    this.#leader = leaderOf(request.session, request.signers);
    this.#others = request.signers.filter((party) => party !== modules.epoch.self);
  }

  /** The request is authorised: the leader assigns, the others follow what it assigned or wait. */
  begin(): void {
    for (const [party, code] of this.#heard.failed) this.peerFailed(party, code);
    if (this.#isOver) return;
    if (this.#leader === this.#modules.epoch.self) {
      this.#lead();
      return;
    }
    const assigned = this.#heard.assigned.get(this.#leader);
    if (assigned !== undefined) this.assigned(this.#leader, assigned);
  }

  assigned(from: PartyIndex, named: Named): void {
    // Whoever is not the leader has nothing to assign.
    if (from !== this.#leader) return;
    if (this.#isOver || this.#assigned !== undefined) {
      // Given out for nothing: this node's half must not stay behind. If it is the first again, it is not there any more.
      if (!isSame(this.#assigned, named)) this.#modules.source.drop(from, toHex(named.preparation));
      return;
    }
    this.#assigned = named;
    if (this.retry()) return;
    this.#modules.awaits(ASSIGNED_ARRIVAL_TIMEOUT_MS);
    this.#modules.onMissing();
  }

  /** Looks (again) for what the leader assigned. @returns whether there is nothing more to look for. */
  retry(): boolean {
    const named = this.#assigned;
    if (this.#isOver || this.#preparation !== undefined || named === undefined) return true;
    const preparation = this.#modules.source.take(this.#leader, this.#request, toHex(named.preparation));
    if (preparation === undefined) return false;
    if (preparation.kind === 'ecdsa') this.#openings.set(this.#leader, named.entropy);
    this.#use(preparation, (entropy) => ({
      kind: 'open',
      session: this.#request.session,
      preparation: named.preparation,
      entropy,
    }));
    return true;
  }

  opened(from: PartyIndex, opening: Named): void {
    if (this.#isOver || !this.#others.includes(from)) return;
    if (this.#preparation === undefined) {
      if (!this.#heard.opened.has(from)) this.#heard.opened.set(from, opening);
      return;
    }
    this.#accept(from, opening);
    this.#proceed();
  }

  preparing(from: PartyIndex): void {
    if (this.#isOver || this.#assigned !== undefined || from !== this.#leader) return;
    this.#modules.awaits(SIGNING_STEP_TIMEOUT_MS);
  }

  peerFailed(from: PartyIndex, code: string): void {
    if (!this.#isOver && this.#others.includes(from)) this.fail(signerFailed(from, code));
  }

  /** Nothing more came in time. */
  timedOut(): void {
    if (this.#isOver) return;
    if (this.#preparation !== undefined) {
      this.fail(signerSilent(this.#others.filter((party) => !this.#openings.has(party))));
    } else if (this.#leader === this.#modules.epoch.self) {
      this.fail(preparationSlow());
    } else {
      this.fail(this.#assigned === undefined ? signerSilent([this.#leader]) : preparationLost(this.#leader));
    }
  }

  fail(error: KeymeshError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#discard();
    for (const party of this.#others) {
      this.#modules.send(party, { kind: 'failed', session: this.#request.session, code: error.code });
    }
    this.#modules.onFailed(error);
  }

  /** Ends it without a word, because the epoch does. */
  abandon(error: KeymeshError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#discard();
    this.#modules.onFailed(error);
  }

  #lead(): void {
    const assign = (preparation: Preparation): void => {
      if (this.#isOver) {
        discard(preparation);
        return;
      }
      this.#use(preparation, (entropy) => ({
        kind: 'assign',
        session: this.#request.session,
        preparation: fromHex(preparation.id),
        entropy,
      }));
    };
    try {
      const obtained = this.#modules.source.obtain(this.#request);
      if ('now' in obtained) {
        assign(obtained.now);
        return;
      }
      this.#modules.awaits(SIGNING_PREPARING_TIMEOUT_MS);
      this.#modules.meanwhile(SIGNING_PREPARING_REPEAT_MS, () => {
        for (const party of this.#others) {
          this.#modules.send(party, { kind: 'preparing', session: this.#request.session });
        }
      });
      obtained.later.then(assign, (thrown) => this.fail(toKeymeshError(thrown)));
    } catch (thrown) {
      this.fail(toKeymeshError(thrown));
    }
  }

  /** Binds it to the request, tells the others, and goes on. */
  #use(preparation: Preparation, message: (entropy: Uint8Array) => SigningMessage): void {
    this.#preparation = preparation;
    this.#modules.awaits(SIGNING_STEP_TIMEOUT_MS);
    const { self } = this.#modules.epoch;
    const isLeader = this.#leader === self;
    try {
      if (preparation.kind === 'ecdsa') {
        const entropy = bindEcdsa(this.#request, preparation);
        this.#openings.set(self, entropy);
        for (const party of this.#others) this.#modules.send(party, message(entropy));
        for (const [party, opening] of this.#heard.opened) this.#accept(party, opening);
      } else if (isLeader) {
        for (const party of this.#others) this.#modules.send(party, message(new Uint8Array(0)));
      }
    } catch (thrown) {
      this.fail(toKeymeshError(thrown));
      return;
    }
    this.#proceed();
  }

  #accept(from: PartyIndex, opening: Named): void {
    const id = this.#preparation?.id;
    if (id === undefined || this.#openings.has(from)) return;
    if (equalBytes(opening.preparation, fromHex(id))) this.#openings.set(from, opening.entropy);
  }

  #proceed(): void {
    const preparation = this.#preparation;
    if (this.#isOver || preparation === undefined) return;
    if (preparation.kind === 'ecdsa' && this.#openings.size < this.#request.signers.length) return;
    try {
      const partial =
        preparation.kind === 'frost'
          ? signFrost(this.#modules.epoch, this.#request, preparation)
          : signEcdsa(this.#request, preparation, this.#listOpenings());
      this.#isOver = true;
      this.#modules.onSigned(partial);
    } catch (thrown) {
      this.fail(toKeymeshError(thrown));
    }
  }

  #listOpenings(): { readonly party: PartyIndex; readonly entropy: Uint8Array }[] {
    return this.#request.signers.map((party) => ({ party, entropy: this.#openings.get(party) as Uint8Array }));
  }

  /** What was assigned is of no use for anything else, also if it is not taken or not even here yet. */
  #discard(): void {
    if (this.#preparation !== undefined) {
      discard(this.#preparation);
      return;
    }
    const named = this.#assigned ?? this.#heard.assigned.get(this.#leader);
    if (named !== undefined) this.#modules.source.drop(this.#leader, toHex(named.preparation));
  }
}

function isSame(a: Named | undefined, b: Named): boolean {
  return a !== undefined && equalBytes(a.preparation, b.preparation);
}
