import { type Clock, type KeymeshError, type PartyIndex, toHex } from '@keymesh/foundation';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import { EARLY_SESSIONS_MAX, SIGNING_SESSION_LIFETIME_MS, SIGNING_SESSIONS_MAX } from './limits.ts';
import { decodeSigningMessage, encodeSigningMessage, type SigningMessage } from './messages.ts';
import type { PartialSignature, PreparedRequest } from './request.ts';
import { epochEnded, tooManySessions } from './session-errors.ts';
import { type Heard, type PreparationSource, SigningSession } from './signing-session.ts';
import { Wait, Waits } from './waits.ts';

export interface SigningSessionsModules {
  readonly clock: Clock;
  readonly source: PreparationSource;
  readonly send: (to: PartyIndex, message: Uint8Array) => void;
}

/** What peers said of a session whose client's request has not come. */
interface Early {
  readonly heard: Heard;
  /** Whose message made this node know of it. */
  readonly introducedBy: PartyIndex;
  readonly until: number;
}

/** A client's request, under way or answered. */
interface Asked {
  readonly session: SigningSession;
  readonly answer: Promise<PartialSignature>;
  readonly until: number;
}

/**
 * All signing requests of one epoch at one node, and the messages of other signers about them. What peers say about a
 * request that this node did not get from a client waits for a while and then lapses; it never makes the node sign.
 */
export class SigningSessions {
  readonly #epoch: ServingEpoch;
  readonly #modules: SigningSessionsModules;
  readonly #earlyPerPeerMax: number;
  /** Both oldest first. */
  readonly #early = new Map<string, Early>();
  readonly #asked = new Map<string, Asked>();
  readonly #earlyOf = new Map<PartyIndex, number>();
  /** Sessions whose assigned preparation is not here. */
  readonly #missing = new Set<SigningSession>();
  readonly #sweeping = new Wait();
  #isSweepArmed = false;
  /** Messages that could not be used. */
  readonly drops = { malformed: 0, 'too-many-sessions': 0 };

  constructor(epoch: ServingEpoch, modules: SigningSessionsModules) {
    this.#epoch = epoch;
    this.#modules = modules;
    this.#earlyPerPeerMax = Math.floor(EARLY_SESSIONS_MAX / Math.max(1, epoch.partyCount - 1));
  }

  /**
   * This node's share for an authorised request. The same request again gives the same answer.
   * @throws NodeError `signing/…`, `stock/…`, `node/overloaded`; ThresholdError `frost/…`, `ecdsa/…`.
   */
  sign(request: PreparedRequest): Promise<PartialSignature> {
    this.#sweep();
    const key = toHex(request.session);
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked.answer;
    if (this.#asked.size >= SIGNING_SESSIONS_MAX) throw tooManySessions();
    const heard = this.#early.get(key)?.heard ?? nothingHeard();
    this.#forgetEarly(key);
    let resolve: (partial: PartialSignature) => void = () => {};
    let reject: (error: KeymeshError) => void = () => {};
    const answer = new Promise<PartialSignature>((onSigned, onFailed) => {
      [resolve, reject] = [onSigned, onFailed];
    });
    const { clock, source, send } = this.#modules;
    const waits = new Waits(clock, () => session.timedOut());
    const over = (): void => {
      waits.cancel();
      this.#missing.delete(session);
    };
    const session = new SigningSession(
      request,
      {
        ...{ epoch: this.#epoch, source },
        send: (to, message) => send(to, encodeSigningMessage(message)),
        onSigned: (partial) => {
          over();
          resolve(partial);
        },
        onFailed: (error) => {
          over();
          reject(error);
        },
        awaits: (limitMs) => waits.awaits(limitMs),
        meanwhile: (intervalMs, act) => waits.meanwhile(intervalMs, act),
        onMissing: () => this.#missing.add(session),
      },
      heard,
    );
    this.#asked.set(key, { session, answer, until: clock.now() + SIGNING_SESSION_LIFETIME_MS });
    this.#armSweep();
    session.begin();
    return answer;
  }

  /** Something was stocked: sessions that wait for what was assigned to them look again. */
  stocked(): void {
    for (const session of [...this.#missing]) if (session.retry()) this.#missing.delete(session);
  }

  /** @param bytes a message of the channel of signing. */
  receive(from: PartyIndex, bytes: Uint8Array): void {
    let message: SigningMessage | undefined;
    try {
      message = decodeSigningMessage(bytes);
    } catch {
      // Counted below, with the kinds that this version does not know.
    }
    if (message === undefined) {
      this.drops.malformed += 1;
      return;
    }
    this.#sweep();
    const key = toHex(message.session);
    const asked = this.#asked.get(key);
    if (asked !== undefined) deliver(asked.session, from, message);
    else this.#note(key, from, message);
  }

  /** Ends every request: the epoch or the process ends. */
  close(): void {
    this.#sweeping.cancel();
    for (const { session } of this.#asked.values()) session.abandon(epochEnded());
    for (const kept of [this.#asked, this.#early, this.#earlyOf]) kept.clear();
  }

  #note(key: string, from: PartyIndex, message: SigningMessage): void {
    const known = this.#early.get(key);
    if (known !== undefined) {
      note(known.heard, from, message);
      return;
    }
    const count = this.#earlyOf.get(from) ?? 0;
    if (count >= this.#earlyPerPeerMax) {
      this.drops['too-many-sessions'] += 1;
      return;
    }
    this.#earlyOf.set(from, count + 1);
    const heard = nothingHeard();
    const until = this.#modules.clock.now() + SIGNING_SESSION_LIFETIME_MS;
    this.#early.set(key, { heard, introducedBy: from, until });
    this.#armSweep();
    note(heard, from, message);
  }

  #forgetEarly(key: string): void {
    const early = this.#early.get(key);
    if (early === undefined) return;
    this.#early.delete(key);
    this.#earlyOf.set(early.introducedBy, (this.#earlyOf.get(early.introducedBy) ?? 1) - 1);
  }

  /** All of a kind live equally long, so insertion order is order of expiry. */
  #sweep(): void {
    const now = this.#modules.clock.now();
    for (const [key, { until }] of this.#asked) {
      if (until > now) break;
      this.#asked.delete(key);
    }
    for (const [key, { until, heard }] of this.#early) {
      if (until > now) break;
      this.#forgetEarly(key);
      // Given out by its owner, for a request that never came here.
      for (const [owner, { preparation }] of heard.assigned) this.#modules.source.drop(owner, toHex(preparation));
    }
  }

  /** What lapses does so also when nothing else happens. */
  #armSweep(): void {
    if (this.#isSweepArmed) return;
    this.#isSweepArmed = true;
    this.#sweeping.arm(this.#modules.clock, SIGNING_SESSION_LIFETIME_MS, () => {
      this.#isSweepArmed = false;
      this.#sweep();
      if (this.#asked.size + this.#early.size > 0) this.#armSweep();
    });
  }
}

function nothingHeard(): Heard {
  return { assigned: new Map(), opened: new Map(), failed: new Map() };
}

function note(heard: Heard, from: PartyIndex, message: SigningMessage): void {
  switch (message.kind) {
    case 'assign':
      if (!heard.assigned.has(from)) heard.assigned.set(from, message);
      return;
    case 'open':
      if (!heard.opened.has(from)) heard.opened.set(from, message);
      return;
    case 'failed':
      heard.failed.set(from, message.code);
      return;
    case 'preparing':
      // The session's patience begins with the client's request, whatever was said before.
      return;
  }
}

function deliver(session: SigningSession, from: PartyIndex, message: SigningMessage): void {
  switch (message.kind) {
    case 'assign':
      session.assigned(from, message);
      return;
    case 'open':
      session.opened(from, message);
      return;
    case 'failed':
      session.peerFailed(from, message.code);
      return;
    case 'preparing':
      session.preparing(from);
      return;
  }
}
