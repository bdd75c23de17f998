import { type Clock, fromHex, type PartyIndex, type Timer, toHex, toKeymeshError } from '@keymesh/foundation';
import type { SignerCommitment } from '@keymesh/protocol/routes';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { type PublicKeyPackage, ROOT_KEYS } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
  type NonceCommitment,
  type SignatureShare,
  type SigningContext,
  verifyShare,
} from '@keymesh/threshold/frost';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { ClientEvent } from '../history.ts';
import type { NodeAnswer, NodeRequest } from './requests.ts';

/** A node that did not answer for so long is replaced. Milliseconds. */
export const ANSWER_TIMEOUT_MS = 5_000;
/** Pause before the silent are asked again because too few others are left. Milliseconds. */
const ASK_AGAIN_DELAY_MS = 2_000;

export interface SigningTask {
  readonly scheme: FrostScheme;
  readonly keyId: Uint8Array;
  readonly message: Uint8Array;
}

export interface Signed {
  readonly signature: Uint8Array;
  /** In the scheme's encoding. */
  readonly publicKey: Uint8Array;
  readonly signers: readonly PartyIndex[];
}

export interface SigningClientModules {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly curves: Curves;
  /** Sends a request. `answered` may be called more than once and says whether the answer was still waited for. */
  readonly ask: (party: PartyIndex, request: NodeRequest, answered: (answer: NodeAnswer) => boolean) => void;
  readonly observe: (event: ClientEvent) => void;
}

interface Offer {
  readonly party: PartyIndex;
  readonly commitment: SignerCommitment;
}

/**
 * A client that signs: picks t members, replaces the silent, checks every share against the public key package, names
 * who sends a wrong one and never asks it again.
 */
export class SigningClient {
  readonly #modules: SigningClientModules;
  readonly #package: PublicKeyPackage;
  readonly #owner: string;
  /** Parties that are proven to have lied to this client. */
  readonly culprits = new Set<PartyIndex>();

  constructor(owner: string, publicKeyPackage: PublicKeyPackage, modules: SigningClientModules) {
    this.#owner = owner;
    this.#package = publicKeyPackage;
    this.#modules = modules;
  }

  /** Tries until it has a signature. */
  sign(task: SigningTask, done: (signed: Signed) => void): void {
    this.#collect(task, new Set(), done);
  }

  /** Round 1: commitments of t members, each silent one replaced by another. */
  #collect(task: SigningTask, avoided: ReadonlySet<PartyIndex>, done: (signed: Signed) => void): void {
    const { random, observe, clock } = this.#modules;
    const { threshold, partyCount } = this.#package;
    const parties = Array.from({ length: partyCount }, (_, i) => i + 1);
    const candidates = random.shuffle(parties.filter((party) => !this.culprits.has(party) && !avoided.has(party)));
    if (candidates.length < threshold) {
      clock.setTimer(ASK_AGAIN_DELAY_MS, () => this.#collect(task, new Set(), done));
      return;
    }
    const silent = new Set(avoided);
    const offers: Offer[] = [];
    let waiting = 0;
    const askNext = (): void => {
      const party = candidates.shift();
      if (party === undefined) return;
      waiting += 1;
      this.#askOnce(party, { kind: 'commit', owner: this.#owner, scheme: task.scheme }, 'commit', (answer) => {
        waiting -= 1;
        const commitment = this.#validCommitment(task, party, answer);
        if (commitment !== undefined) offers.push({ party, commitment });
        else {
          silent.add(party);
          askNext();
        }
        if (offers.length === threshold) this.#request(task, offers, silent, done);
        else if (waiting === 0) this.#collect(task, silent, done);
      });
    };
    observe({ kind: 'asks', signers: candidates.slice(0, threshold) });
    for (let i = 0; i < threshold; i++) askNext();
  }

  /** Round 2: shares of exactly these members, or round 1 again without those that failed. */
  #request(
    task: SigningTask,
    offers: readonly Offer[],
    avoided: ReadonlySet<PartyIndex>,
    done: (signed: Signed) => void,
  ): void {
    const sorted = [...offers].sort((a, b) => a.party - b.party);
    const context = this.#contextOf(task, sorted);
    const request: NodeRequest = {
      kind: 'share',
      owner: this.#owner,
      scheme: task.scheme,
      keyId: toHex(task.keyId),
      message: toHex(task.message),
      commitments: sorted.map(({ commitment }) => commitment),
    };
    const shares: SignatureShare[] = [];
    const failed = new Set(avoided);
    let waiting = sorted.length;
    for (const { party } of sorted) {
      this.#askOnce(party, request, 'share', (answer) => {
        waiting -= 1;
        const share = this.#checked(context, party, answer);
        if (share === undefined) failed.add(party);
        else shares.push(share);
        if (waiting > 0) return;
        if (shares.length === sorted.length) this.#finish(context, shares, done);
        else this.#collect(task, failed, done);
      });
    }
  }

  #contextOf(task: SigningTask, sorted: readonly Offer[]): SigningContext {
    const suite = frostSuites[task.scheme];
    const name = SCHEMES[task.scheme].root;
    const root = this.#package.roots.find((candidate) => candidate.name === name);
    const curve = this.#modules.curves[suite.curve];
    const points = (root?.commitments ?? []).map((commitment) => curve.decodePoint(commitment));
    const key = createGroupKey(curve, points, deriveTweak(ROOT_KEYS[name].curve, task.keyId));
    const commitments = decodeCommitments(
      curve,
      sorted.map(({ commitment }) => decodedHex(commitment)),
    );
    return createSigningContext({ suite, key, commitments, message: task.message });
  }

  /** Checked at once, so that whoever sends no points is named before it can spoil a signature. */
  #validCommitment(task: SigningTask, party: PartyIndex, answer: NodeAnswer | undefined): SignerCommitment | undefined {
    if (answer?.kind !== 'commitment') return undefined;
    const commitment = { party, ...answer.commitment };
    try {
      decodeCommitments(this.#modules.curves[frostSuites[task.scheme].curve], [decodedHex(commitment)]);
      return commitment;
    } catch (thrown) {
      this.#name(toKeymeshError(thrown).culprits);
      return undefined;
    }
  }

  #checked(context: SigningContext, party: PartyIndex, answer: NodeAnswer | undefined): SignatureShare | undefined {
    if (answer?.kind !== 'share') return undefined;
    const share = fromHex(answer.share);
    if (verifyShare(context, party, share)) return { party, share };
    this.#name([party]);
    return undefined;
  }

  #finish(context: SigningContext, shares: readonly SignatureShare[], done: (signed: Signed) => void): void {
    const signature = aggregate(context, shares);
    const signers = context.commitments.signers;
    this.#modules.observe({ kind: 'signed', signers });
    done({ signature, publicKey: context.suite.encodePublicKey(context.key.encodedPublicKey), signers });
  }

  #name(culprits: readonly PartyIndex[]): void {
    for (const culprit of culprits) this.culprits.add(culprit);
    this.#modules.observe({ kind: 'culprits', parties: culprits });
  }

  /** Calls back once: with the answer, or with undefined when none came in time. */
  #askOnce(
    party: PartyIndex,
    request: NodeRequest,
    step: 'commit' | 'share',
    settled: (answer: NodeAnswer | undefined) => void,
  ): void {
    let timer: Timer | undefined;
    let open = true;
    const settle = (answer: NodeAnswer | undefined): boolean => {
      if (!open) return false;
      open = false;
      timer?.cancel();
      if (answer === undefined) this.#modules.observe({ kind: 'no-answer', party, step });
      else if (answer.kind === 'error') this.#modules.observe({ kind: 'refused', party, code: answer.code });
      settled(answer);
      return true;
    };
    timer = this.#modules.clock.setTimer(ANSWER_TIMEOUT_MS, () => void settle(undefined));
    this.#modules.ask(party, request, settle);
  }
}

function decodedHex({ party, hiding, binding }: SignerCommitment): NonceCommitment {
  return { party, hiding: fromHex(hiding), binding: fromHex(binding) };
}
