import { type Clock, fromHex, type PartyIndex, type Timer, toHex } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import type { PublicKeyPackage } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { ClientEvent } from '../history.ts';
import type { PreparedScheme } from '../node-parts.ts';
import { type NodeAnswer, type NodeRequest, sessionOf } from './requests.ts';
import { PENALTY, SignerChoice } from './signer-choice.ts';
import { createStatementReader, type Statement } from './statements.ts';

/**
 * A try ends after so long. Signers name the silent after 2.5 s, and make a preparation first in up to 15 s.
 * Milliseconds.
 */
export const TRY_TIMEOUT_MS = 20_000;
/** Once one signer has failed the others are awaited for so long, to learn of all failures. Milliseconds. */
const GRACE_MS = 1_000;
/** Pause between two tries, longer than any answer on its way is of use. Milliseconds. */
const NEXT_TRY_DELAY_MS = 500;
const REQUEST_ID_BYTES = 16;

export interface SigningTask {
  readonly number: number;
  readonly scheme: PreparedScheme;
  readonly keyId: Uint8Array;
  /** For ECDSA a digest. */
  readonly message: Uint8Array;
}

export interface Signed {
  readonly signature: Uint8Array;
  /** In the scheme's encoding. */
  readonly publicKey: Uint8Array;
  /** ECDSA: 0 … 3. */
  readonly recoveryId?: number;
  readonly signers: readonly PartyIndex[];
}

export interface SigningClientModules {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly curves: Curves;
  /** Probability that a signature begins with other signers than the last. */
  readonly otherSigners: number;
  /** Sends a request. `answered` may be called more than once and says whether the answer was still waited for. */
  readonly ask: (party: PartyIndex, request: NodeRequest, answered: (answer: NodeAnswer) => boolean) => void;
  readonly observe: (signature: number, event: ClientEvent) => void;
}

/** One signer set that is asked for one signature. */
interface Try {
  readonly task: SigningTask;
  readonly choice: SignerChoice;
  readonly request: NodeRequest;
  readonly read: ReturnType<typeof createStatementReader>;
  readonly shares: Map<PartyIndex, { readonly share: Uint8Array; readonly statement: Statement }>;
  readonly failed: Set<PartyIndex>;
  readonly accused: Set<PartyIndex>;
  readonly done: (signed: Signed) => void;
  timer: Timer;
  isOver: boolean;
}

/**
 * A client that signs: asks t members once each, holds every share against what its sender says that it was made with,
 * names who sends a wrong one and never asks it again, and goes on with another set when one fails.
 */
export class SigningClient {
  readonly #modules: SigningClientModules;
  readonly #package: PublicKeyPackage;
  readonly #owner: string;
  /** Mostly the last set that worked, then the others. */
  #preferred: readonly PartyIndex[];
  /** Parties that are proven to have lied to this client. */
  readonly culprits = new Set<PartyIndex>();

  constructor(owner: string, publicKeyPackage: PublicKeyPackage, modules: SigningClientModules) {
    this.#owner = owner;
    this.#package = publicKeyPackage;
    this.#modules = modules;
    const everybody = Array.from({ length: publicKeyPackage.partyCount }, (_, i) => i + 1);
    this.#preferred = modules.random.shuffle(everybody);
  }

  /** Tries until it has a signature. */
  sign(task: SigningTask, done: (signed: Signed) => void): void {
    const { random, otherSigners } = this.#modules;
    // The last set has a stock; another one now and then meets everybody, liars as well.
    if (random.chance(otherSigners)) this.#preferred = random.shuffle(this.#preferred);
    this.#begin(task, new SignerChoice(this.#preferred, this.#package.threshold), done);
  }

  #begin(task: SigningTask, choice: SignerChoice, done: (signed: Signed) => void): void {
    const { random, curves, clock, observe, ask } = this.#modules;
    const signers = choice.next(this.culprits);
    // More liars than there may be: there is no signature, and the check of progress says so.
    if (signers === undefined) return;
    const request: NodeRequest = {
      ...{ owner: this.#owner, scheme: task.scheme, signers },
      keyId: toHex(task.keyId),
      message: toHex(task.message),
      requestId: toHex(random.source(REQUEST_ID_BYTES)),
    };
    const attempt: Try = {
      ...{ task, choice, request, done, isOver: false },
      read: createStatementReader(this.#package, curves, request),
      ...{ shares: new Map(), failed: new Set(), accused: new Set() },
      timer: clock.setTimer(TRY_TIMEOUT_MS, () => this.#end(attempt, signers)),
    };
    observe(task.number, { kind: 'asks', signers });
    for (const party of signers) ask(party, request, (answer) => this.#receive(attempt, party, answer));
  }

  /** @returns whether the answer was waited for. */
  #receive(attempt: Try, party: PartyIndex, answer: NodeAnswer): boolean {
    const { shares, failed, request } = attempt;
    if (attempt.isOver || shares.has(party) || failed.has(party)) return false;
    const isFirstFailure = failed.size === 0;
    if (answer.kind === 'error') this.#refused(attempt, party, answer);
    else this.#take(attempt, party, answer);
    if (shares.size + failed.size === request.signers.length) this.#end(attempt, []);
    else if (isFirstFailure && failed.size > 0) {
      attempt.timer.cancel();
      attempt.timer = this.#modules.clock.setTimer(GRACE_MS, () => this.#end(attempt, [...attempt.accused]));
    }
    return true;
  }

  /** A share that does not verify with what its own sender says is a lie, whatever the others say. */
  #take(attempt: Try, party: PartyIndex, { partial }: Extract<NodeAnswer, { kind: 'share' }>): void {
    try {
      const statement = attempt.read(partial);
      const share = fromHex(partial.share);
      if (statement.isShareValid(party, share)) {
        attempt.shares.set(party, { share, statement });
        return;
      }
    } catch {
      // Named below: no honest signer sends that.
    }
    attempt.failed.add(party);
    this.culprits.add(party);
    this.#modules.observe(attempt.task.number, { kind: 'culprits', parties: [party] });
  }

  /** One signer's word convicts nobody. */
  #refused(attempt: Try, party: PartyIndex, { code, accused, pair }: Extract<NodeAnswer, { kind: 'error' }>): void {
    const { choice, request, task } = attempt;
    attempt.failed.add(party);
    this.#modules.observe(task.number, { kind: 'refused', party, code, accused });
    if (!/^(signing|stock)\//.test(code)) choice.penalise(party, PENALTY.silent);
    if (pair?.length === 2) choice.separate(pair[0] as PartyIndex, pair[1] as PartyIndex);
    for (const other of accused) {
      if (other === party || !request.signers.includes(other)) continue;
      attempt.accused.add(other);
      choice.separate(party, other);
      choice.penalise(party, PENALTY.accusing);
    }
  }

  /** @param late whose answer was awaited in vain; it counts if it has not come. */
  #end(attempt: Try, late: readonly PartyIndex[]): void {
    const { shares, failed, accused, choice, request, task, done } = attempt;
    attempt.isOver = true;
    attempt.timer.cancel();
    for (const party of late) {
      if (!shares.has(party) && !failed.has(party)) this.#modules.observe(task.number, { kind: 'no-answer', party });
    }
    const silent = late.filter((party) => !shares.has(party) && !failed.has(party));
    for (const party of new Set([...silent, ...accused])) choice.penalise(party, PENALTY.silent);
    if (shares.size === request.signers.length && this.#combine(attempt)) return;
    choice.failed(request.signers);
    this.#modules.clock.setTimer(NEXT_TRY_DELAY_MS, () => this.#begin(task, choice, done));
  }

  #combine({ shares, request, choice, task, done }: Try): boolean {
    const { signers } = request;
    const leader = leaderOf(sessionOf(request), request.signers);
    const told = shares.get(leader)?.statement as Statement;
    const different = signers.filter((party) => shares.get(party)?.statement.text !== told.text);
    if (different.length > 0) {
      // The leader told the others different things, or one of them lies: nothing proves which.
      this.#modules.observe(task.number, { kind: 'contradiction', leader, different });
      choice.penalise(leader, PENALTY.accusing);
      for (const party of different) choice.separate(leader, party);
      return false;
    }
    const signed = told.combine([...shares].map(([party, { share }]) => ({ party, share })));
    this.#preferred = [...signers, ...this.#preferred.filter((party) => !signers.includes(party))];
    this.#modules.observe(task.number, { kind: 'signed', signers });
    done({ ...signed, signers });
    return true;
  }
}
