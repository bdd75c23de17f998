import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import { randomScalar } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import type { Step } from '../protocol.ts';
import { evaluatePolynomial } from '../sharing/index.ts';
import { judgeComplaint, makeComplaint, type PublishedDealing } from './complaint.ts';
import { checkOpening, createDealing, hashOpening, type OwnDealing } from './dealing.ts';
import { abandoned, selfConvicted, tooFewDealers } from './errors.ts';
import { Inbox, type MessageByRound, type Round } from './inbox.ts';
import {
  type CommitMessage,
  type DealMessage,
  DIGEST_BYTES,
  encodeCommit,
  encodeConfirm,
  encodeDeal,
  encodeVerdict,
  ROUND,
} from './messages.ts';
import { type EncryptionKey, PairwiseKeys } from './pairwise-keys.ts';
import { assertKeyGenerationParameters } from './parameters.ts';
import { proveKnowledge, verifyKnowledge } from './proofs/knowledge.ts';
import { type Contribution, digestTranscript, type Result, sumContributions } from './result.ts';
import { encryptionCurve, rootsOf } from './roots.ts';
import { checkDealtShares } from './share-check.ts';
import { decodeShareVector, encodeShareVector, shareVectorBytes } from './share-encryption.ts';
import type {
  Conviction,
  ConvictionReason,
  KeyGeneration,
  KeyGenerationCandidate,
  KeyGenerationOutput,
  KeyGenerationParameters,
} from './types.ts';
import { assertSameView, digestOfAuthor } from './view.ts';

const ENCRYPTION_KEY_PURPOSE = 'share-encryption';
/** In place of a result hash when there is no result. */
const NO_RESULT = new Uint8Array(DIGEST_BYTES);

/**
 * Starts one participant's part in a key generation: docs/spec/key-generation.md.
 *
 * Joint Feldman for all root keys in four rounds of reliable broadcast: commit, deal, verdict, confirm. The driver must
 * deliver the same bytes to all honest participants, and name who signed two messages for one round.
 *
 * @throws ThresholdError `dkg/invalid-parameters`, `sharing/invalid-parameters`, `sharing/invalid-party`.
 */
export function createKeyGeneration(parameters: KeyGenerationParameters): KeyGeneration {
  assertKeyGenerationParameters(parameters);
  return new KeyGenerationRun({
    ...parameters,
    executionId: parameters.executionId.slice(),
    participants: [...parameters.participants],
  });
}

/** What this party alone knows while the run lasts. `bigint`s cannot be wiped, only forgotten. */
interface Secrets {
  readonly encryptionSecret: bigint;
  readonly dealing: OwnDealing;
  pairwise?: PairwiseKeys;
}

class KeyGenerationRun implements KeyGeneration {
  readonly #parameters: KeyGenerationParameters;
  readonly #inbox: Inbox;
  /** The round whose message was sent last; 0 before the first. */
  #round = 0;
  #secrets: Secrets | undefined;
  readonly #convictions = new Map<PartyIndex, ConvictionReason>();
  readonly #encryptionKeys = new Map<PartyIndex, EncryptionKey>();
  readonly #dealings = new Map<PartyIndex, PublishedDealing>();
  readonly #contributions = new Map<PartyIndex, Contribution>();
  /** What this party saw in the rounds whose views are compared next. */
  #ownView: readonly Uint8Array[] = [];
  #qualified: readonly PartyIndex[] = [];
  #result: Result | undefined;
  #output: KeyGenerationOutput | undefined;
  /** Ends the run once this party's last message is out. */
  #pendingFailure: ThresholdError | undefined;
  #failure: unknown;

  constructor(parameters: KeyGenerationParameters) {
    this.#parameters = parameters;
    this.#inbox = new Inbox(parameters);
  }

  poke(): Step<KeyGenerationOutput> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#output !== undefined) return { kind: 'done', output: this.#output };
    try {
      return this.#advance();
    } catch (thrown) {
      this.#fail(thrown);
      throw thrown;
    }
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    if (this.#failure === undefined) this.#inbox.receive(from, round, body);
  }

  get candidate(): KeyGenerationCandidate | undefined {
    return this.#round === ROUND.confirm ? this.#result : undefined;
  }

  abandon(): void {
    if (this.#failure !== undefined || this.#output !== undefined) return;
    this.#fail(abandoned());
  }

  toString(): string {
    return `KeyGeneration(party ${this.#parameters.self}, round ${this.#round})`;
  }
  toJSON(): { readonly party: PartyIndex; readonly round: number } {
    return { party: this.#parameters.self, round: this.#round };
  }

  #advance(): Step<KeyGenerationOutput> {
    if (this.#pendingFailure !== undefined) throw this.#pendingFailure;
    const round = this.#round;
    const missing = round === 0 ? [] : this.#inbox.missing(round, this.#unconvicted());
    if (missing.length > 0) return { kind: 'wait', round, missing };
    if (round === ROUND.confirm) {
      this.#output = this.#finish();
      return { kind: 'done', output: this.#output };
    }
    const next = (round + 1) as Round;
    const body = this.#speak(next);
    this.#inbox.record(next, body);
    this.#round = next;
    return { kind: 'send', to: 'all', reliable: true, round: next, body };
  }

  /** Works off the round before and gives this party's message for `round`. */
  #speak(round: Round): Uint8Array {
    switch (round) {
      case ROUND.commit:
        return this.#commit();
      case ROUND.deal:
        this.#acceptEncryptionKeys();
        return this.#deal();
      case ROUND.verdict:
        return this.#judgeDealings();
      case ROUND.confirm:
        return this.#confirm();
    }
  }

  /** Round 1: commits to an opening, and publishes a key to encrypt shares to. */
  #commit(): Uint8Array {
    const { executionId, self, curves, random } = this.#parameters;
    const curve = encryptionCurve(curves);
    const encryptionSecret = randomScalar(curve, random);
    const point = curve.multiplyBase(encryptionSecret);
    const statement = { executionId, prover: self, purpose: ENCRYPTION_KEY_PURPOSE, curve, point };
    const encryptionKeyProof = proveKnowledge(statement, encryptionSecret, random);
    const dealing = createDealing(this.#parameters);
    this.#secrets = { encryptionSecret, dealing };
    return encodeCommit(curves, {
      openingHash: hashOpening(executionId, self, dealing.opening),
      encryptionKey: curve.encodePoint(point),
      encryptionKeyProof,
    });
  }

  /** Round 2: opens, and sends everyone its shares. */
  #deal(): Uint8Array {
    const { curves, participants, self } = this.#parameters;
    const secrets = this.#secrets as Secrets;
    const { dealing, encryptionSecret } = secrets;
    const pairwise = new PairwiseKeys(this.#parameters, this.#encryptionKeys, encryptionSecret);
    secrets.pairwise = pairwise;
    const vectors = participants
      .filter((party) => party !== self)
      .map((receiver) => {
        // Without a valid key there is nothing to encrypt to. The place stays, so that whether a dealing is well formed
        // depends on its dealer alone.
        if (!this.#encryptionKeys.has(receiver)) return new Uint8Array(shareVectorBytes(curves));
        const vector = encodeShareVector(curves, this.#sharesFor(dealing, receiver));
        const encrypted = pairwise.encryptFor(receiver, vector);
        vector.fill(0);
        return encrypted;
      });
    return encodeDeal({ opening: dealing.opening, vectors });
  }

  /** Round 3: says what it saw, and complains about dealers whose shares for it are wrong. */
  #judgeDealings(): Uint8Array {
    const { curves, participants, self } = this.#parameters;
    const secrets = this.#secrets as Secrets;
    const { dealing, encryptionSecret, pairwise } = secrets;
    for (const dealer of this.#unconvicted()) this.#acceptDealing(dealer, dealing);
    const decrypted = new Map<PartyIndex, Omit<Contribution, 'shares'> & { shares: readonly bigint[] | undefined }>();
    for (const [dealer, { commitments, vectorFor }] of this.#dealings) {
      if (dealer === self) continue;
      const vector = (pairwise as PairwiseKeys).decryptFrom(dealer, vectorFor(self));
      decrypted.set(dealer, { commitments, shares: decodeShareVector(curves, vector) });
      vector.fill(0);
    }
    const { accepted, wrong } = checkDealtShares(this.#parameters, decrypted);
    for (const [dealer, contribution] of accepted) this.#contributions.set(dealer, contribution);
    this.#contributions.set(self, { commitments: dealing.commitments, shares: this.#sharesFor(dealing, self) });
    const complaints = wrong.map((dealer) =>
      makeComplaint(this.#parameters, this.#encryptionKeys, encryptionSecret, dealer),
    );
    this.#forgetSecrets();
    this.#ownView = participants.map((author) => this.#digestOfDealing(author));
    return encodeVerdict(curves, { seen: this.#ownView, complaints });
  }

  /**
   * Round 4: says what came out. When nothing did, because of what others said in round 3, it says so before it stops:
   * whoever heard other verdicts must learn that, instead of waiting for this party and blaming its silence.
   */
  #confirm(): Uint8Array {
    const heard = this.#unconvicted();
    const verdictView = this.#parameters.participants.map((author) =>
      digestOfAuthor(heard.includes(author) ? [this.#inbox.get(ROUND.verdict, author).digest] : []),
    );
    try {
      this.#result = this.#settle(heard, verdictView);
    } catch (thrown) {
      if (!(thrown instanceof ThresholdError) || thrown.fault !== 'peer') throw thrown;
      this.#pendingFailure = thrown;
    }
    this.#contributions.clear();
    this.#ownView = verdictView;
    return encodeConfirm({ seen: verdictView, resultHash: this.#result?.resultHash ?? NO_RESULT });
  }

  /** Decides the complaints and sums the dealings that are left. */
  #settle(heard: readonly PartyIndex[], verdictView: readonly Uint8Array[]): Result {
    const { threshold } = this.#parameters;
    const verdicts = this.#takeMessages(ROUND.verdict, heard);
    this.#assertSameView(verdicts);
    for (const [complainer, { complaints }] of verdicts) {
      for (const complaint of complaints) {
        this.#convict(judgeComplaint(this.#parameters, this.#encryptionKeys, this.#dealings, complainer, complaint));
      }
    }
    this.#qualified = this.#unconvicted();
    // Fewer dealers might all be corrupt, and would know the keys.
    if (this.#qualified.length < threshold) throw tooFewDealers(this.#convictions, this.#qualified.length, threshold);
    const contributions = this.#qualified.map((dealer) => this.#contributions.get(dealer) as Contribution);
    const transcriptDigest = digestTranscript(this.#parameters, this.#ownView, verdictView);
    return sumContributions(this.#parameters, transcriptDigest, contributions);
  }

  #finish(): KeyGenerationOutput {
    const result = this.#result as Result;
    const confirms = this.#takeMessages(ROUND.confirm, this.#unconvicted());
    this.#assertSameView(confirms);
    for (const [party, { resultHash }] of confirms) {
      if (!equalBytes(resultHash, result.resultHash)) this.#convict({ party, reason: 'wrong-result' });
    }
    const convictions = [...this.#convictions]
      .map(([party, reason]) => ({ party, reason }))
      .sort((a, b) => a.party - b.party);
    return { ...result, qualified: this.#qualified, convicted: convictions.map(({ party }) => party), convictions };
  }

  #acceptEncryptionKeys(): void {
    for (const party of this.#parameters.participants) {
      const key = this.#checkEncryptionKey(party);
      if (typeof key === 'string') this.#convict({ party, reason: key });
      else this.#encryptionKeys.set(party, key);
    }
  }

  #checkEncryptionKey(party: PartyIndex): EncryptionKey | ConvictionReason {
    const { executionId, curves } = this.#parameters;
    const { content } = this.#inbox.get(ROUND.commit, party);
    if (content === undefined) return 'malformed-message';
    const curve = encryptionCurve(curves);
    try {
      const point = curve.decodePoint(content.encryptionKey);
      const statement = { executionId, prover: party, purpose: ENCRYPTION_KEY_PURPOSE, curve, point };
      if (!verifyKnowledge(statement, content.encryptionKeyProof)) return 'invalid-encryption-key';
      return { point, encoded: content.encryptionKey };
    } catch {
      return 'invalid-encryption-key';
    }
  }

  #acceptDealing(dealer: PartyIndex, own: OwnDealing): void {
    const { participants, self } = this.#parameters;
    const { content } = this.#inbox.get(ROUND.deal, dealer);
    if (content === undefined) {
      this.#convict({ party: dealer, reason: 'malformed-message' });
      return;
    }
    const { openingHash } = this.#inbox.get(ROUND.commit, dealer).content as CommitMessage;
    const commitments =
      dealer === self ? own.commitments : checkOpening(this.#parameters, dealer, openingHash, content.opening);
    if (typeof commitments === 'string') {
      this.#convict({ party: dealer, reason: commitments });
      return;
    }
    const receivers = participants.filter((party) => party !== dealer);
    const { vectors }: DealMessage = content;
    const vectorFor = (receiver: PartyIndex) => vectors[receivers.indexOf(receiver)] as Uint8Array;
    this.#dealings.set(dealer, { commitments, vectorFor });
  }

  /** The well-formed messages of a round; authors of others are convicted. */
  #takeMessages<R extends Round>(round: R, authors: readonly PartyIndex[]): ReadonlyMap<PartyIndex, MessageByRound[R]> {
    const messages = new Map<PartyIndex, MessageByRound[R]>();
    for (const party of authors) {
      const { content } = this.#inbox.get(round, party);
      if (content === undefined) this.#convict({ party, reason: 'malformed-message' });
      else messages.set(party, content);
    }
    return messages;
  }

  #assertSameView(messages: ReadonlyMap<PartyIndex, { readonly seen: readonly Uint8Array[] }>): void {
    const claims = new Map([...messages].map(([party, { seen }]) => [party, seen]));
    assertSameView(this.#parameters, this.#ownView, claims);
  }

  /** Of a party that was convicted after round 1 nothing more was waited for, so nothing more counts. */
  #digestOfDealing(author: PartyIndex): Uint8Array {
    const digests = [this.#inbox.get(ROUND.commit, author).digest];
    if (this.#encryptionKeys.has(author)) digests.push(this.#inbox.get(ROUND.deal, author).digest);
    return digestOfAuthor(digests);
  }

  #sharesFor(dealing: OwnDealing, receiver: PartyIndex): readonly bigint[] {
    return rootsOf(this.#parameters.curves).map(({ curve }, i) =>
      evaluatePolynomial(curve, dealing.polynomials[i] as OwnDealing['polynomials'][number], receiver),
    );
  }

  #unconvicted(): readonly PartyIndex[] {
    return this.#parameters.participants.filter((party) => !this.#convictions.has(party));
  }

  /** The first reason stays. */
  #convict({ party, reason }: Conviction): void {
    if (party === this.#parameters.self) throw selfConvicted(reason);
    if (!this.#convictions.has(party)) this.#convictions.set(party, reason);
  }

  #fail(failure: unknown): void {
    this.#failure = failure;
    this.#forgetSecrets();
    this.#contributions.clear();
    for (const { share } of this.#result?.shares ?? []) share.wipe();
    this.#result = undefined;
  }

  #forgetSecrets(): void {
    this.#secrets?.pairwise?.wipe();
    this.#secrets = undefined;
  }
}
